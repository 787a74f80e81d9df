import { MongoError, MongoServerError, MongoServerSelectionError } from "mongodb";
import { DocumentStoreError } from "../document-store.ts";

/** https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml */
const codes = {
  unauthorized: 13,
  authenticationFailed: 18,
  maxTimeExpired: 50,
  immutableField: 66,
  exceededMemory: 292,
  transactionTooLarge: 257,
  transactionTooLargeForCache: 388,
  duplicateKey: 11000,
  quotaExceeded: 12501,
  outOfDiskSpace: 14031,
} as const;

export function isDuplicateKey(error: unknown): boolean {
  return codeOf(error) === codes.duplicateKey;
}

/** What a commit does to the formats of collections where they were changed. */
export function isImmutableField(error: unknown): boolean {
  return codeOf(error) === codes.immutableField;
}

/** Nothing of the transaction was or will be written, and it may be tried again. */
export function isTransient(error: unknown): boolean {
  return error instanceof MongoError && error.hasErrorLabel("TransientTransactionError");
}

/** There is no primary to ask. */
export function isAway(error: unknown): boolean {
  return error instanceof MongoServerSelectionError;
}

/** The server answered; otherwise the connection is gone. */
export function isAnswer(error: unknown): boolean {
  return error instanceof MongoServerError;
}

/** The reply to a commitTransaction was lost, or says that a majority has not confirmed it yet. */
export function isUnknownResult(error: unknown): boolean {
  return error instanceof MongoError && error.hasErrorLabel("UnknownTransactionCommitResult");
}

/** Words for an operator where no waiting helps; undefined where the server may come back by itself. */
export function wrongSetting(error: unknown): string | undefined {
  const code = codeOf(error);
  if (code === codes.authenticationFailed) return "MongoDB refuses the user or password of SLIPWAY_DOCUMENTS";
  if (code === codes.unauthorized) {
    return /requires authentication/.test(String(error))
      ? "MongoDB asks for a user and a password: add them to SLIPWAY_DOCUMENTS"
      : "the user of SLIPWAY_DOCUMENTS lacks the role readWrite on this database";
  }
  return undefined;
}

/** What an error of the driver or the server means to the caller. */
export function failureOf(error: unknown): DocumentStoreError {
  if (error instanceof DocumentStoreError) return error;
  const code = codeOf(error);
  const options = { cause: error };
  if (code === codes.outOfDiskSpace || code === codes.quotaExceeded) {
    return new DocumentStoreError("FULL", "no room left for the database", options);
  }
  if (code === codes.transactionTooLarge || code === codes.transactionTooLargeForCache) {
    return new DocumentStoreError("INVALID", "a commit is too large for the cache of MongoDB: give it more", options);
  }
  if (code === codes.maxTimeExpired || code === codes.exceededMemory) {
    return new DocumentStoreError("UNAVAILABLE", "the database took too long for this query", options);
  }
  const problem = wrongSetting(error) ?? "the database does not answer";
  return new DocumentStoreError("UNAVAILABLE", problem, options);
}

function codeOf(error: unknown): number | undefined {
  return error instanceof MongoError && typeof error.code === "number" ? error.code : undefined;
}

import { ObjectStoreError } from "../object-store-error.ts";
import { BucketNotMadeError } from "./buckets.ts";
import { S3ReplyError } from "./s3-reply-error.ts";

/** What an operator can do about a refusal, by the code that S3 gives. */
const REMEDIES: Record<string, string> = {
  InvalidAccessKeyId: "does not know the access key; check SLIPWAY_S3_ACCESS_KEY",
  SignatureDoesNotMatch: "refuses the signature; check SLIPWAY_S3_SECRET_KEY",
  AccessDenied: "does not allow this to the access key; grant it the rights in docs/operations.md",
  AllAccessDisabled: "does not allow this to anybody; enable the account",
  RequestTimeTooSkewed: "has another time than this machine; set both clocks, for example by NTP",
  AuthorizationHeaderMalformed: "is in another region; correct ?region= in SLIPWAY_OBJECTS",
  PermanentRedirect: "keeps this bucket in another region; correct ?region= in SLIPWAY_OBJECTS",
  BucketAlreadyExists: "has this bucket in another account; choose another bucket prefix in SLIPWAY_OBJECTS",
  TooManyBuckets: "allows no more buckets; raise its limit, since every tenant has one",
  InvalidBucketName: "refuses the bucket's name; choose another bucket prefix in SLIPWAY_OBJECTS",
};

/** Codes that no waiting heals: somebody has to change something. */
export function needsOperator(error: unknown): error is S3ReplyError {
  return error instanceof S3ReplyError && Object.hasOwn(REMEDIES, error.code);
}

/** Words for an operator on why the object store at `endpoint` does not serve. */
export function explain(endpoint: string, error: unknown): string {
  const bucket = error instanceof BucketNotMadeError ? `the bucket ${error.bucket} cannot be made: ` : "";
  const store = `${bucket}the object store at ${endpoint}`;
  if (error instanceof S3ReplyError) {
    const remedy = REMEDIES[error.code];
    return remedy === undefined ? `${store} answers ${error.message}` : `${store} ${remedy} (${error.code})`;
  }
  return `${store} cannot be reached (${error instanceof Error ? error.message : String(error)})`;
}

/** Codes of a store without room: S3's own do not exist, these are of MinIO and of quotas. */
const FULL = new Set(["XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "QuotaExceeded", "InsufficientStorage"]);

/** The one place where errors of S3 become errors of the port. `doing`: "write the object …". */
export function translateError(endpoint: string, error: unknown, doing: string): ObjectStoreError {
  if (error instanceof ObjectStoreError) return error;
  if (error instanceof S3ReplyError && (error.status === 507 || FULL.has(error.code))) {
    return new ObjectStoreError("FULL", `No room to ${doing}: enlarge the object store at ${endpoint}.`, {
      cause: error,
    });
  }
  return new ObjectStoreError("UNAVAILABLE", `Could not ${doing}: ${explain(endpoint, error)}.`, { cause: error });
}

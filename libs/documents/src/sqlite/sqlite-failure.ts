import { DocumentStoreError } from "../document-store.ts";
import type { Failure } from "./messages.ts";

/** Primary result codes, https://www.sqlite.org/rescode.html. */
const SQLITE_BUSY = 5;
const SQLITE_FULL = 13;
const SQLITE_NOTADB = 26;
/** The shared-memory index of the write-ahead log could not grow: the same full disk, seen elsewhere. */
const SQLITE_IOERR_SHMSIZE = 4874;

/** What an error of the database means to the caller. A FULL or UNAVAILABLE commit was rolled back. */
export function failureOf(error: unknown): Failure {
  if (error instanceof DocumentStoreError) return { kind: error.kind, message: error.message };
  if (!(error instanceof Error)) return { kind: "UNAVAILABLE", message: String(error) };
  if (isFull(error)) return { kind: "FULL", message: "no room left for the database" };
  if (resultCode(error) === SQLITE_NOTADB) return { kind: "INVALID", message: "the file is no database" };
  if (isBusy(error)) return { kind: "UNAVAILABLE", message: "another process holds the database for too long" };
  return { kind: "UNAVAILABLE", message: error.message };
}

export function isBusy(error: unknown): boolean {
  return resultCode(error) % 256 === SQLITE_BUSY;
}

function isFull(error: unknown): boolean {
  const code = resultCode(error);
  return code % 256 === SQLITE_FULL || code === SQLITE_IOERR_SHMSIZE;
}

function resultCode(error: unknown): number {
  return error instanceof Error && "errcode" in error ? Number(error.errcode) : 0;
}

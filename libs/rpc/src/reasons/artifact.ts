import type { ReasonDefinition } from "./definition.ts";

/** Reasons of the artifact service: uploads, files, artifacts, references. */
export const ARTIFACT_REASONS = {
  UPLOAD_NOT_FOUND: {
    code: "NOT_FOUND",
    message: "There is no {name}. It may have expired; start a new upload.",
  },
  UPLOAD_NOT_OPEN: {
    code: "FAILED_PRECONDITION",
    message: "{name} is {state}. Start a new upload.",
  },
  UPLOAD_EMPTY: {
    code: "FAILED_PRECONDITION",
    message: "{name} has no files. Upload at least one, then complete it.",
  },
  UPLOAD_FILE_INCOMPLETE: {
    code: "FAILED_PRECONDITION",
    message:
      "{count} files of {name} are incomplete, the first of them {path}. Send them to their end, then complete it.",
  },
  UPLOAD_FILE_BUSY: {
    code: "ABORTED",
    message: "Another call is writing {path}. Wait until it ends, then try again.",
  },
  UPLOAD_HEADER_MISSING: {
    code: "INVALID_ARGUMENT",
    field: "header",
    message: "The first message of UploadFile must be a header, and only the first: {problem}. Send the header first.",
  },
  UPLOAD_OFFSET_MISMATCH: {
    code: "INVALID_ARGUMENT",
    field: "header.offset_bytes",
    message: "{path} cannot continue at {offset}; {expected} bytes of it are durable. Send from there, or from 0.",
  },
  PATH_INVALID: {
    code: "INVALID_ARGUMENT",
    field: "GIVEN",
    message:
      'The path "{path}" cannot be stored: {problem}. Use relative NFC paths with / between their parts, distinct without regard to case.',
  },
  FILE_DIGEST_MISMATCH: {
    code: "INVALID_ARGUMENT",
    field: "header.sha256",
    message: "The bytes of {path} have the SHA-256 {actual}, not {expected}. Send the file again.",
  },
  FILE_SIZE_MISMATCH: {
    code: "INVALID_ARGUMENT",
    field: "GIVEN",
    message: "{path} has {actual} bytes, not {expected}. Send the file again.",
  },
  FILE_NOT_FOUND: {
    code: "NOT_FOUND",
    message: "{artifact} has no file {path}. List its files with ListFiles.",
  },
  RANGE_INVALID: {
    code: "OUT_OF_RANGE",
    message: "The offset {offset} lies outside of {path}, which has {size} bytes. Ask for a range inside.",
  },
  COLLECTION_BUSY: {
    code: "ABORTED",
    message: "Another collection is at work for this tenant. Wait until it ends, then try again.",
  },
  ARTIFACT_NOT_FOUND: {
    code: "NOT_FOUND",
    message: "There is no {name} that you can see. Check the digest, or push the files.",
  },
  ARTIFACT_NOT_READY: {
    code: "FAILED_PRECONDITION",
    message: "{name} is {state}. Wait until it is READY.",
  },
  ARTIFACT_CORRUPT: {
    code: "FAILED_PRECONDITION",
    message: "The bytes of {name} are not those that its digest promises. Push the files again.",
  },
  ARTIFACT_DIGEST_MISMATCH: {
    code: "INVALID_ARGUMENT",
    field: "artifact_digest",
    message: "The files make the artifact {actual}, not {expected}. Check which files were uploaded.",
  },
  ARTIFACT_DATA_LOST: {
    code: "DATA_LOSS",
    message: "Bytes of {name} are missing or damaged in the store. Push the same files again to repair it.",
  },
  DOWNLOAD_FORBIDDEN: {
    code: "PERMISSION_DENIED",
    message: "No published version that you can see uses {name}. Ask a contributor of the model to publish one.",
  },
} as const satisfies Record<string, ReasonDefinition>;

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Upload, UploadSchema, UploadState } from "@slipway/gen/slipway/artifact/v1/upload_pb.js";
import { type Caller, fail, roleIncludes } from "@slipway/rpc";

/** An open upload ends this long after its last write; a closed one is remembered as long, for repeated calls. */
export const UPLOAD_LIFETIME_MS = 24 * 60 * 60 * 1000;

/** The expiry of an open upload is written again when it has moved by more than this. */
export const EXPIRY_STEP_MS = 60 * 1000;

/**
 * How long a completion keeps an upload closed to writers without renewing its claim: longer than any completion
 * takes (reading headers stops after 15 s), short enough for a client that comes back after a crash.
 */
export const SEAL_MS = 60 * 1000;

/** An upload as it is stored. */
export interface UploadRecord {
  tenantUid: string;
  uid: string;
  revision: number;
  upload: Upload;
  expireMs: number;
  /** The tenant's epoch of collection when it began: what was condemned in later ones was missing for it from the start. */
  epoch: number;
  /** Present while the upload is being completed: until then no file can change. */
  sealedUntilMs?: number;
}

/** A new upload of the caller; `epoch` was read before. */
export function newUpload(caller: Caller, uid: string, nowMs: number, epoch: number): UploadRecord {
  const expireMs = nowMs + UPLOAD_LIFETIME_MS;
  const upload = create(UploadSchema, {
    name: `uploads/${uid}`,
    state: UploadState.OPEN,
    createTime: timestampFromMs(nowMs),
    expireTime: timestampFromMs(expireMs),
    creator: caller.principal,
  });
  return { tenantUid: caller.tenantUid, uid, revision: 0, upload, expireMs, epoch };
}

/** The record with changes to the resource, a moved expiry, and the seal taken off. */
export function changed(
  { sealedUntilMs: _sealedUntilMs, ...record }: UploadRecord,
  nowMs: number,
  changes: Partial<Pick<Upload, "state" | "artifact">> = {},
): UploadRecord {
  const expireMs = nowMs + UPLOAD_LIFETIME_MS;
  const upload = { ...record.upload, ...changes, expireTime: timestampFromMs(expireMs) };
  return { ...record, upload, expireMs };
}

/** The record with no way in for files until `untilMs`. */
export function sealed(record: UploadRecord, nowMs: number): UploadRecord {
  return { ...changed(record, nowMs), sealedUntilMs: nowMs + SEAL_MS };
}

/** Only the creator, an administrator of the tenant, or a service uses an upload; for others it does not exist. */
export function isVisible(record: UploadRecord, caller: Caller, nowMs: number): boolean {
  if (record.expireMs <= nowMs) return false;
  return caller.service || record.upload.creator === caller.principal || roleIncludes(caller.role, "admin");
}

/** Refuses an upload that takes no files now: with UPLOAD_NOT_OPEN, or with UPLOAD_NOT_FOUND where it has ended. */
export function checkOpen(record: UploadRecord, nowMs: number): void {
  const { upload } = record;
  if (record.expireMs <= nowMs) throw fail("UPLOAD_NOT_FOUND", { name: upload.name });
  if (upload.state !== UploadState.OPEN) {
    throw fail("UPLOAD_NOT_OPEN", { name: upload.name, state: UploadState[upload.state] });
  }
  if (isSealed(record, nowMs)) {
    throw fail("UPLOAD_NOT_OPEN", { name: upload.name, state: "being completed" });
  }
}

/** Whether somebody completes the upload. */
export function isSealed({ sealedUntilMs }: UploadRecord, nowMs: number): boolean {
  return sealedUntilMs !== undefined && sealedUntilMs > nowMs;
}

/** Whether the upload must be written again so that its files can change: an old seal, or an expiry left behind. */
export function needsTouch(record: UploadRecord, nowMs: number): boolean {
  return record.sealedUntilMs !== undefined || nowMs + UPLOAD_LIFETIME_MS - record.expireMs > EXPIRY_STEP_MS;
}

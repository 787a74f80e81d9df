import { create } from "@bufbuild/protobuf";
import { type UploadedFile, UploadedFileSchema } from "@slipway/gen/slipway/artifact/v1/upload_pb.js";
import { fail } from "@slipway/rpc";
import type { Recipe } from "../recipes/recipe.ts";

/** One file of an upload as it is stored: being written, or complete. */
export type UploadedFileRecord = {
  tenantUid: string;
  uploadUid: string;
  path: string;
  /** 0 while it is not stored yet. */
  revision: number;
} & (
  | { complete: false; recipe: Recipe }
  /** Its recipe is the tenant's proven one of this SHA-256. */
  | { complete: true; sha256: string; sizeBytes: number }
);

/** A file of which nothing is there yet. */
export function emptyFile(
  tenantUid: string,
  uploadUid: string,
  path: string,
  recipeUid: string,
): UploadedFileRecord & { complete: false } {
  const recipe = { recipeUid, sizeBytes: 0, pageStarts: [] };
  return { tenantUid, uploadUid, path, revision: 0, complete: false, recipe };
}

/** The file as clients see it. */
export function uploadedFileOf(record: UploadedFileRecord): UploadedFile {
  const { path, complete } = record;
  const durableBytes = BigInt(record.complete ? record.sizeBytes : record.recipe.sizeBytes);
  return create(UploadedFileSchema, { path, complete, durableBytes, sha256: record.complete ? record.sha256 : "" });
}

/**
 * Where writing goes on: from the start over an existing file, or exactly behind what is durable. Fails with
 * UPLOAD_OFFSET_MISMATCH for any other offset.
 */
export function fileToWrite(
  existing: UploadedFileRecord | undefined,
  offsetBytes: number,
  empty: UploadedFileRecord & { complete: false },
): UploadedFileRecord & { complete: false } {
  if (offsetBytes === 0) return { ...empty, revision: existing?.revision ?? 0 };
  const expected = existing === undefined || existing.complete ? 0 : existing.recipe.sizeBytes;
  if (existing === undefined || existing.complete || offsetBytes !== expected) {
    throw fail("UPLOAD_OFFSET_MISMATCH", { path: empty.path, offset: offsetBytes, expected });
  }
  return existing;
}

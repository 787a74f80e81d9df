import type { MessageInitShape } from "@bufbuild/protobuf";
import { type ManifestFile, readSourceFile, type SourceFile } from "@slipway/chunking";
import { UploadState } from "@slipway/gen/slipway/artifact/v1/upload_pb.js";
import type { UploadFileRequestSchema } from "@slipway/gen/slipway/artifact/v1/upload_service_pb.js";
import { RpcError } from "@slipway/rpc";
import { releaseBytes } from "@slipway/runtime";
import pLimit from "p-limit";
import type { Connection } from "./connection.ts";
import type { ProgressMeter } from "./progress.ts";

/** A file to send, as it was when it was hashed. */
export type HashedFile = SourceFile & ManifestFile;

export interface UploadOutcome {
  /** Bytes that travelled. */
  uploadedBytes: number;
  /** Bytes of those that were new to the server's store. */
  storedBytes: number;
}

const FILES_AT_ONCE = 4;
const PAGE = 1000;

/** The open upload with this name, with what it has; undefined when it has ended or lapsed. */
export async function resumableFiles(
  { uploads }: Connection,
  name: string,
  signal: AbortSignal,
): Promise<Map<string, { complete: boolean; durableBytes: number; sha256: string }> | undefined> {
  const files = new Map<string, { complete: boolean; durableBytes: number; sha256: string }>();
  let pageToken = "";
  do {
    try {
      const page = await uploads.getUpload({ name, pageToken }, { signal });
      if (page.upload?.state !== UploadState.OPEN) return undefined;
      for (const { path, complete, durableBytes, sha256 } of page.files) {
        files.set(path, { complete, durableBytes: Number(durableBytes), sha256 });
      }
      pageToken = page.nextPageToken;
    } catch (error) {
      if (error instanceof RpcError && error.code === "NOT_FOUND") return undefined;
      throw error;
    }
  } while (pageToken !== "");
  return files;
}

/** Sends what the upload and the tenant lack; goes on where an earlier try was cut. */
export async function uploadFiles(
  connection: Connection,
  upload: string,
  files: readonly HashedFile[],
  meter: ProgressMeter,
  signal: AbortSignal,
): Promise<UploadOutcome> {
  const present = (await resumableFiles(connection, upload, signal)) ?? new Map();
  const unfinished = files.filter(({ path, sha256 }) => {
    const there = present.get(path);
    return there === undefined || !there.complete || there.sha256 !== sha256;
  });
  const missing = await missingFiles(connection, upload, unfinished, signal);
  const missingBytes = missing.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  meter.skip(files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) - missingBytes);

  const limit = pLimit(FILES_AT_ONCE);
  const outcome: UploadOutcome = { uploadedBytes: 0, storedBytes: 0 };
  const stop = new AbortController();
  const together = AbortSignal.any([signal, stop.signal]);
  const sending = missing.map((file) =>
    limit(async () => {
      together.throwIfAborted();
      const there = present.get(file.path);
      const offset = there !== undefined && !there.complete ? Math.min(there.durableBytes, file.sizeBytes) : 0;
      meter.skip(offset);
      const sent = await uploadFile(connection, upload, file, offset, (bytes) => meter.add(bytes), together);
      outcome.uploadedBytes += file.sizeBytes - offset;
      outcome.storedBytes += sent;
    }),
  );
  try {
    await Promise.all(sending);
  } catch (error) {
    stop.abort(error);
    await Promise.allSettled(sending);
    throw error;
  }
  return outcome;
}

async function missingFiles(
  { uploads }: Connection,
  upload: string,
  files: readonly HashedFile[],
  signal: AbortSignal,
): Promise<HashedFile[]> {
  const missing: HashedFile[] = [];
  for (let start = 0; start < files.length; start += PAGE) {
    const page = files.slice(start, start + PAGE);
    const asked = page.map(({ path, sizeBytes, sha256 }) => ({ path, sizeBytes: BigInt(sizeBytes), sha256 }));
    const { missingPaths } = await uploads.findMissingFiles({ upload, files: asked }, { signal });
    const wanted = new Set(missingPaths);
    missing.push(...page.filter(({ path }) => wanted.has(path)));
  }
  return missing;
}

/** Sends one file from an offset; returns how many of its bytes were new to the server's store. */
async function uploadFile(
  { uploads }: Connection,
  upload: string,
  file: HashedFile,
  offset: number,
  onSent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<number> {
  const { storedBytes } = await uploads.uploadFile(requestsOf(upload, file, offset, onSent), { signal });
  return Number(storedBytes);
}

async function* requestsOf(
  upload: string,
  file: HashedFile,
  offset: number,
  onSent: (bytes: number) => void,
): AsyncGenerator<MessageInitShape<typeof UploadFileRequestSchema>> {
  const { path, sizeBytes, sha256 } = file;
  const offsetBytes = BigInt(offset);
  yield { content: { case: "header", value: { upload, path, offsetBytes, sizeBytes: BigInt(sizeBytes), sha256 } } };
  for await (const data of readSourceFile(file, offset)) {
    yield { content: { case: "data", value: data } };
    onSent(data.length);
    // What was yielded is encoded by now.
    releaseBytes(data);
  }
}

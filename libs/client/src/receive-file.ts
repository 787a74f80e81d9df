import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { File } from "@slipway/gen/slipway/artifact/v1/artifact_pb.js";
import { releaseBytes } from "@slipway/runtime";
import { ClientError } from "./client-error.ts";
import type { Connection } from "./connection.ts";
import type { ProgressMeter } from "./progress.ts";

/** Beside the files of a pull: what has not been verified yet. */
export const PARTIAL_FOLDER = ".slipway-partial";

export interface ReceiveOptions {
  artifact: string;
  file: File;
  destination: string;
  allowDangerous: boolean;
  meter: ProgressMeter;
  signal: AbortSignal;
}

/**
 * Receives one file: into a partial file, which an earlier try may have begun, then compares size and SHA-256, syncs
 * and renames. Nothing unverified ever stands under the final name. Returns the bytes that travelled.
 */
export async function receiveFile({ artifacts }: Connection, options: ReceiveOptions): Promise<number> {
  const { artifact, file, destination, allowDangerous, meter, signal } = options;
  const sizeBytes = Number(file.sizeBytes);
  const place = createHash("sha256").update(file.path).digest("hex").slice(0, 16);
  const partial = join(destination, PARTIAL_FOLDER, `${file.sha256}-${place}`);
  const hash = createHash("sha256");
  let position = await hashPrefix(partial, sizeBytes, hash);
  meter.skip(position);
  const begun = position;
  try {
    await using handle = await open(partial, begun === 0 ? "w" : "r+");
    if (position < sizeBytes) {
      const request = { artifact, path: file.path, offsetBytes: BigInt(position), allowDangerous };
      for await (const { data } of artifacts.downloadFile(request, { signal })) {
        const written = writeAll(handle, data, position);
        hash.update(data);
        await written;
        position += data.length;
        meter.add(data.length);
        releaseBytes(data);
      }
    }
    await handle.datasync();
  } catch (error) {
    if (position === 0) await rm(partial, { force: true });
    throw error;
  }
  if (position !== sizeBytes || hash.digest("hex") !== file.sha256) {
    await rm(partial, { force: true });
    throw new ClientError(`${file.path} arrived damaged and was thrown away. Pull again.`);
  }
  const final = join(destination, ...file.path.split("/"));
  await mkdir(dirname(final), { recursive: true });
  await rename(partial, final);
  return position - begun;
}

/** Feeds what an earlier try received into the hash; returns its length, 0 when there is nothing usable. */
async function hashPrefix(partial: string, sizeBytes: number, hash: Hash): Promise<number> {
  const begun = await stat(partial).catch(() => undefined);
  if (begun === undefined || begun.size > sizeBytes) return 0;
  for await (const piece of createReadStream(partial, { highWaterMark: 1024 * 1024 })) hash.update(piece as Buffer);
  return begun.size;
}

async function writeAll(handle: Awaited<ReturnType<typeof open>>, data: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < data.length) {
    const { bytesWritten } = await handle.write(data, written, data.length - written, position + written);
    written += bytesWritten;
  }
}

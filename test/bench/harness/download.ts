import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import type { Connection } from "@slipway/client";
import { releaseBytes } from "@slipway/runtime";

/** Receives a file of an artifact: hashes it and, where a path is given, writes it; gives the SHA-256 in hexadecimal. */
export async function downloadFile(
  { artifacts }: Connection,
  artifact: string,
  path: string,
  destination?: string,
): Promise<string> {
  await using file = destination === undefined ? undefined : await open(destination, "w");
  const hash = createHash("sha256");
  for await (const { data } of artifacts.downloadFile({ artifact, path })) {
    const written = file === undefined ? undefined : writeAll(file, data);
    hash.update(data);
    await written;
    releaseBytes(data);
  }
  return hash.digest("hex");
}

async function writeAll(file: FileHandle, data: Uint8Array): Promise<void> {
  for (let written = 0; written < data.length; ) {
    written += (await file.write(data, written, data.length - written)).bytesWritten;
  }
}

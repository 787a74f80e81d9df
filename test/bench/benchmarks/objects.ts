import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Benchmark } from "../harness/benchmark.ts";
import { ByteRate } from "../harness/byte-rate.ts";
import { ADMISSION_PAUSED } from "../harness/deployment.ts";
import { downloadFile } from "../harness/download.ts";
import { filePieces } from "../harness/file-pieces.ts";
import { mustBe, writeRandomFile } from "../harness/random-bytes.ts";
import { RawS3 } from "../harness/raw-s3.ts";
import { MEBIBYTE } from "../harness/units.ts";
import { uploadArtifact } from "../harness/upload.ts";

const SIZES = {
  full: { sizeBytes: 512 * MEBIBYTE, rounds: 4 },
  quick: { sizeBytes: 16 * MEBIBYTE, rounds: 1 },
};
const FILE = "weights.bin";

/** A file from disk through the services into S3 and back, verified, beside parallel PUTs of the same bytes. */
export const objects: Benchmark = {
  name: "objects",
  description: "upload of 512 MiB to S3 through the services and back, beside raw parallel PUTs",
  run: async ({ scale, folder, slipway, progress }) => {
    const { sizeBytes, rounds } = SIZES[scale];
    using raw = new RawS3();
    const source = join(folder, FILE);
    const received = join(folder, "received.bin");
    await using server = await slipway.start(ADMISSION_PAUSED);
    const { connection, pids } = server;
    const [put, upload, download] = [
      new ByteRate(sizeBytes, []),
      new ByteRate(sizeBytes, pids),
      new ByteRate(sizeBytes, pids),
    ];
    for (let round = 1; round <= rounds; round++) {
      progress(`round ${round} of ${rounds}`);
      const sha256 = await writeRandomFile(source, sizeBytes);
      await put.time(() => raw.put(source));
      const uploaded = await upload.time(() => uploadArtifact(connection, FILE, filePieces(source)));
      mustBe(sha256, uploaded.sha256);
      mustBe(sha256, await download.time(() => downloadFile(connection, uploaded.artifact, FILE, received)));
      await rm(received);
    }
    return [
      put.line("raw parallel PUT"),
      upload.line("upload"),
      upload.lineOf("upload, of raw parallel PUT", put, 35),
      download.line("download"),
    ];
  },
};

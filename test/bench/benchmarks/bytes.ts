import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { pull } from "@slipway/client";
import { releaseBytes } from "@slipway/runtime";
import type { Benchmark } from "../harness/benchmark.ts";
import { ByteRate } from "../harness/byte-rate.ts";
import { downloadFile } from "../harness/download.ts";
import { writeRandomFile } from "../harness/random-bytes.ts";
import { RawHttp } from "../harness/raw-http.ts";
import { ADMISSION_PAUSED, SlipwayServer } from "../harness/slipway-server.ts";
import { MEBIBYTE } from "../harness/units.ts";
import { uploadArtifact } from "../harness/upload.ts";

const SIZES = {
  full: { sizeBytes: 1024 * MEBIBYTE, rounds: 5 },
  quick: { sizeBytes: 16 * MEBIBYTE, rounds: 1 },
};
const FILE = "weights.bin";
const MODEL = "models/big";

/** A file from disk to disk through Slipway, verified, beside plain HTTP that verifies nothing. */
export const bytes: Benchmark = {
  name: "bytes",
  description: "upload and download of 1 GiB, verified, beside plain HTTP PUT and GET",
  run: async ({ scale, folder, progress }) => {
    const { sizeBytes, rounds } = SIZES[scale];
    await using raw = await RawHttp.start(folder);
    const source = join(folder, FILE);
    const received = join(folder, "received.bin");
    await using server = await SlipwayServer.start(ADMISSION_PAUSED);
    const { connection, pid } = server;
    await connection.models.createModel({ model: { name: MODEL } });
    const [put, get] = [new ByteRate(sizeBytes, raw.pid), new ByteRate(sizeBytes, raw.pid)];
    const [upload, download, pulled] = [0, 1, 2].map(() => new ByteRate(sizeBytes, pid)) as [
      ByteRate,
      ByteRate,
      ByteRate,
    ];

    for (let round = 1; round <= rounds; round++) {
      progress(`round ${round} of ${rounds}`);
      const sha256 = await writeRandomFile(source, sizeBytes);
      await put.time(() => raw.put(source));
      const uploaded = await upload.time(() => uploadArtifact(connection, FILE, piecesOf(source)));
      mustBe(sha256, uploaded.sha256);

      await get.time(() => raw.get(received));
      await rm(received);
      const { artifact } = uploaded;
      mustBe(sha256, await download.time(() => downloadFile(connection, artifact, FILE, received)));
      await rm(received);
      const { version } = await connection.versions.createVersion({ parent: MODEL, artifact });
      const reference = `${MODEL.replace("models/", "")}@${version?.number}`;
      const destination = join(folder, "pulled");
      await pulled.time(() => pull(connection, { reference, destination, signal: new AbortController().signal }));
      await rm(destination, { recursive: true });
    }
    return [
      put.line("raw PUT"),
      upload.line("upload"),
      upload.lineOf("upload, of raw PUT", put, 35),
      get.line("raw GET"),
      download.line("download"),
      download.lineOf("download, of raw GET", get, 45),
      pulled.line("pull (syncs too)"),
      pulled.lineOf("pull, of raw GET", get),
    ];
  },
};

/** Pieces of a file; the memory of each is given back when the next one is asked for, as `slipway push` does. */
async function* piecesOf(path: string): AsyncGenerator<Uint8Array> {
  for await (const piece of createReadStream(path, { highWaterMark: MEBIBYTE }) as AsyncIterable<Buffer>) {
    yield piece;
    releaseBytes(piece);
  }
}

function mustBe(sha256: string, other: string): void {
  if (sha256 !== other) throw new Error(`The bytes arrived damaged: SHA-256 ${other} instead of ${sha256}.`);
}

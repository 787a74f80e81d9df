import { rm } from "node:fs/promises";
import { join } from "node:path";
import { pull } from "@slipway/client";
import type { Benchmark } from "../harness/benchmark.ts";
import { ByteRate } from "../harness/byte-rate.ts";
import { ADMISSION_PAUSED } from "../harness/deployment.ts";
import { downloadFile } from "../harness/download.ts";
import { filePieces } from "../harness/file-pieces.ts";
import { mustBe, writeRandomFile } from "../harness/random-bytes.ts";
import { RawHttp } from "../harness/raw-http.ts";
import { SlipwayServer } from "../harness/slipway-server.ts";
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
    const { connection, pids } = server;
    await connection.models.createModel({ model: { name: MODEL } });
    const [put, get] = [new ByteRate(sizeBytes, [raw.pid]), new ByteRate(sizeBytes, [raw.pid])];
    const [upload, download, pulled] = [0, 1, 2].map(() => new ByteRate(sizeBytes, pids)) as [
      ByteRate,
      ByteRate,
      ByteRate,
    ];

    for (let round = 1; round <= rounds; round++) {
      progress(`round ${round} of ${rounds}`);
      const sha256 = await writeRandomFile(source, sizeBytes);
      await put.time(() => raw.put(source));
      const uploaded = await upload.time(() => uploadArtifact(connection, FILE, filePieces(source)));
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

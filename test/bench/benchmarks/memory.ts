import { createHash } from "node:crypto";
import type { Benchmark } from "../harness/benchmark.ts";
import { ADMISSION_PAUSED } from "../harness/deployment.ts";
import { downloadFile } from "../harness/download.ts";
import { memoryOf } from "../harness/process-usage.ts";
import { randomPieces } from "../harness/random-bytes.ts";
import { SlipwayServer } from "../harness/slipway-server.ts";
import { MEBIBYTE, mebibytes } from "../harness/units.ts";
import { uploadArtifact } from "../harness/upload.ts";

const SIZES = {
  full: { smallBytes: 256 * MEBIBYTE, largeBytes: 4096 * MEBIBYTE },
  quick: { smallBytes: 8 * MEBIBYTE, largeBytes: 32 * MEBIBYTE },
};
const FILE = "weights.bin";
/** 600 MB, in MiB as the other lines. */
const MOST_MIB = mebibytes(600e6);
const MOST_GROWTH_MIB = 32;

/** The most memory that a server ever uses while a file goes in and out: it must not depend on the file's size. */
export const memory: Benchmark = {
  name: "memory",
  description: "the server's peak memory for a file of 256 MiB and one of 4 GiB, up and down",
  run: async ({ scale, progress }) => {
    const { smallBytes, largeBytes } = SIZES[scale];
    const small = await peakMebibytes(smallBytes, progress);
    const large = await peakMebibytes(largeBytes, progress);
    const unit = "MiB";
    return [
      { name: `peak, file of ${mebibytes(smallBytes)} MiB`, value: small, unit },
      {
        name: `peak, file of ${mebibytes(largeBytes)} MiB`,
        value: large,
        unit,
        target: { comparison: "atMost", value: MOST_MIB },
      },
      { name: "difference", value: large - small, unit, target: { comparison: "atMost", value: MOST_GROWTH_MIB } },
    ];
  },
};

async function peakMebibytes(sizeBytes: number, progress: (text: string) => void): Promise<number> {
  progress(`file of ${mebibytes(sizeBytes)} MiB`);
  await using server = await SlipwayServer.start(ADMISSION_PAUSED);
  const hash = createHash("sha256");
  const pieces = function* () {
    for (const piece of randomPieces(sizeBytes)) {
      hash.update(piece);
      yield piece;
    }
  };
  const { artifact, sha256 } = await uploadArtifact(server.connection, FILE, pieces());
  const received = await downloadFile(server.connection, artifact, FILE);
  if (hash.digest("hex") !== sha256 || received !== sha256) throw new Error("The bytes arrived damaged.");
  return mebibytes(memoryOf(server.pid).peakBytes);
}

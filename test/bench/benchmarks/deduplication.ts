import { join } from "node:path";
import type { Benchmark } from "../harness/benchmark.ts";
import { ADMISSION_PAUSED } from "../harness/deployment.ts";
import { folderBytes } from "../harness/folder-bytes.ts";
import { randomPieces } from "../harness/random-bytes.ts";
import { SlipwayServer } from "../harness/slipway-server.ts";
import { MEBIBYTE, mebibytes } from "../harness/units.ts";
import { uploadArtifact } from "../harness/upload.ts";

const SIZES = { full: 512 * MEBIBYTE, quick: 64 * MEBIBYTE };
const FILE = "weights.bin";

/** What a second version takes on disk when a tenth of the first, in one place, has changed. */
export const deduplication: Benchmark = {
  name: "deduplication",
  description: "bytes that a second version adds on disk when one tenth changed",
  run: async ({ scale }) => {
    const sizeBytes = SIZES[scale];
    await using server = await SlipwayServer.start(ADMISSION_PAUSED);
    const objects = join(server.process.home, "data", "objects");
    const first = [...randomPieces(sizeBytes)];
    // Not on a border of pieces, nor of chunks.
    const [from, to] = [0.4237 * sizeBytes, 0.5237 * sizeBytes].map(Math.round) as [number, number];
    const whole = Buffer.concat(first);
    await uploadArtifact(server.connection, FILE, first);
    const before = await folderBytes(objects);
    Buffer.concat([...randomPieces(to - from)]).copy(whole, from);
    const { storedBytes } = await uploadArtifact(server.connection, FILE, slices(whole));
    const added = (await folderBytes(objects)) - before;
    return [
      {
        name: "second version, of the first",
        value: (100 * added) / sizeBytes,
        unit: "%",
        target: { comparison: "atMost", value: 12 },
        note: `${mebibytes(added).toFixed(1)} MiB on disk; the server said ${mebibytes(storedBytes).toFixed(1)} MiB`,
      },
    ];
  },
};

function* slices(whole: Buffer): Generator<Buffer> {
  for (let offset = 0; offset < whole.length; offset += MEBIBYTE) yield whole.subarray(offset, offset + MEBIBYTE);
}

import { performance } from "node:perf_hooks";
import type { Benchmark, Measurement } from "../harness/benchmark.ts";
import { ADMISSION_PAUSED } from "../harness/deployment.ts";
import { createModels } from "../harness/models.ts";
import { predictionStream } from "../harness/prediction-stream.ts";
import { memoryOf } from "../harness/process-usage.ts";
import { SlipwayServer } from "../harness/slipway-server.ts";
import { uploadSmallModel } from "../harness/small-model.ts";
import { mebibytes } from "../harness/units.ts";

const SIZES = {
  full: { smallRows: 1_000_000, largeRows: 10_000_000 },
  quick: { smallRows: 20_000, largeRows: 100_000 },
};
/** 600 MB, as for files of any size; most of it is what the collector has not looked at yet. */
const MOST_MIB = mebibytes(600e6);
/** Scores are kept, 8 bytes a row. */
const BYTES_PER_SCORE = 8;

/** Predictions of many rows, counted as they arrive, and the memory that it takes. */
export const predictions: Benchmark = {
  name: "predictions",
  description: "RecordPredictions of 1 and 10 million rows: rows a second and peak memory",
  run: async ({ scale, progress }) => {
    const { smallRows, largeRows } = SIZES[scale];
    const small = await measure(smallRows, false, progress);
    const large = await measure(largeRows, false, progress);
    const scored = await measure(largeRows, true, progress);
    const unit = "MiB";
    const target: Measurement["target"] = { comparison: "atMost", value: MOST_MIB };
    const kept = `${mebibytes(largeRows * BYTES_PER_SCORE).toFixed(0)} MiB of it are scores`;
    return [
      { name: "labels and predictions", value: large.rowsPerSecond, unit: "rows/s" },
      { name: "with scores", value: scored.rowsPerSecond, unit: "rows/s" },
      { name: `peak, ${smallRows} rows`, value: small.peakMib, unit },
      { name: `peak, ${largeRows} rows`, value: large.peakMib, unit, target },
      { name: `peak, ${largeRows} rows with scores`, value: scored.peakMib, unit, target, note: kept },
    ];
  },
};

interface Measured {
  rowsPerSecond: number;
  peakMib: number;
}

async function measure(rowCount: number, scores: boolean, progress: (text: string) => void): Promise<Measured> {
  progress(`${rowCount} rows${scores ? " with scores" : ""}`);
  await using server = await SlipwayServer.start(ADMISSION_PAUSED);
  const { evaluations, versions } = server.connection;
  const [parent = ""] = await createModels(server.connection, 1);
  const artifact = await uploadSmallModel(server.connection);
  const name = (await versions.createVersion({ parent, artifact })).version?.name ?? "";
  const startedMs = performance.now();
  const { evaluation } = await evaluations.recordPredictions(
    (async function* () {
      yield* predictionStream(name, rowCount, { scores });
    })(),
  );
  const seconds = (performance.now() - startedMs) / 1000;
  if (evaluation?.rowCount !== BigInt(rowCount)) throw new Error("Rows were lost.");
  if ((evaluation.metrics.roc_auc !== undefined) !== scores) throw new Error("The wrong metrics were computed.");
  const { peakBytes } = memoryOf(server.pid);
  return { rowsPerSecond: rowCount / seconds, peakMib: mebibytes(peakBytes) };
}

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
/** What counting may need more for ten times the rows: nothing but what the collector leaves lying about. */
const MOST_GROWTH_MIB = 32;
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
    const growth: Measurement["target"] = { comparison: "atMost", value: MOST_GROWTH_MIB };
    const mostScored = mebibytes(largeRows * BYTES_PER_SCORE) + MOST_GROWTH_MIB;
    return [
      line("labels and predictions", large),
      line("with scores", scored),
      { name: `peak, ${smallRows} rows`, value: small.peakMib, unit },
      { name: `peak, ${largeRows} rows`, value: large.peakMib, unit },
      { name: "difference", value: large.peakMib - small.peakMib, unit, target: growth },
      {
        name: "scores add",
        value: scored.peakMib - large.peakMib,
        unit,
        target: { comparison: "atMost", value: mostScored },
        note: `${largeRows} scores of ${BYTES_PER_SCORE} bytes`,
      },
    ];
  },
};

interface Measured {
  rowsPerSecond: number;
  peakMib: number;
}

function line(name: string, { rowsPerSecond }: Measured): Measurement {
  return { name, value: rowsPerSecond, unit: "rows/s" };
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

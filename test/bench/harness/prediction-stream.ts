import { create } from "@bufbuild/protobuf";
import {
  PredictionRowsSchema,
  PredictionsEndSchema,
  PredictionsHeaderSchema,
  type RecordPredictionsRequest,
  RecordPredictionsRequestSchema,
} from "@slipway/gen/slipway/metadata/v1/evaluation_service_pb.js";

const ROWS_PER_MESSAGE = 16_384;
/** Of a linear congruential generator that passes through all states: Numerical Recipes. */
const [FACTOR, STEP, MODULUS] = [1_664_525, 1_013_904_223, 2 ** 32];

/** The messages of RecordPredictions for so many rows that follow from the seed 1, almost all of another score. */
export function* predictionStream(
  parent: string,
  rowCount: number,
  { scores }: { scores: boolean },
): Generator<RecordPredictionsRequest> {
  const message = (content: RecordPredictionsRequest["content"]) => create(RecordPredictionsRequestSchema, { content });
  const header = create(PredictionsHeaderSchema, { parent, dataset: "bench", positiveLabel: "1" });
  yield message({ case: "header", value: header });
  let state = 1;
  for (let from = 0; from < rowCount; from += ROWS_PER_MESSAGE) {
    const rows = create(PredictionRowsSchema);
    for (let row = from; row < Math.min(rowCount, from + ROWS_PER_MESSAGE); row += 1) {
      state = (Math.imul(FACTOR, state) + STEP) >>> 0;
      const score = state / MODULUS;
      rows.labels.push(score + ((row * 7919) % 1000) / 2000 > 0.75 ? "1" : "0");
      rows.predictions.push(score > 0.5 ? "1" : "0");
      if (scores) rows.scores.push(score);
    }
    yield message({ case: "rows", value: rows });
  }
  yield message({ case: "end", value: create(PredictionsEndSchema, { rowCount: BigInt(rowCount) }) });
}

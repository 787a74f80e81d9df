import { setImmediate as pause } from "node:timers/promises";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  type EvaluationService,
  type PredictionsHeader,
  type RecordPredictionsRequest,
  RecordPredictionsRequestSchema,
  RecordPredictionsResponseSchema,
} from "@slipway/gen/slipway/metadata/v1/evaluation_service_pb.js";
import type { Handlers } from "@slipway/rpc";
import type { PredictionMemory } from "./prediction-memory.ts";
import { Predictions } from "./predictions.ts";
import { type EvaluationParts, evaluatedVersion, recordEvaluation } from "./record-evaluation-worker.ts";
import { invalid, type Results } from "./results.ts";

export interface PredictionsServiceOptions extends EvaluationParts {
  memory: PredictionMemory;
}

/** RecordPredictions. */
export function predictionsHandlers(
  options: PredictionsServiceOptions,
): Pick<Handlers<typeof EvaluationService>, "recordPredictions"> {
  return {
    async recordPredictions(requests, context) {
      const messages = requests[Symbol.asyncIterator]();
      const header = await firstOf(messages);
      await evaluatedVersion(options, context, header.parent, "header.parent");
      const memory = options.memory.share();
      try {
        const predictions = new Predictions(header);
        await receive(messages, predictions, (bytes) => memory.hold(bytes));
        const results = await predictions.results(async () => {
          context.signal.throwIfAborted();
          await pause();
        });
        const described = { ...header, lowerIsBetter: [] };
        const recorded = { parent: header.parent, field: "header.parent", described, results };
        return await recordEvaluation(options, context, fingerprint(header, results), recorded, (evaluation) =>
          create(RecordPredictionsResponseSchema, { evaluation }),
        );
      } finally {
        memory.release();
      }
    },
  };
}

async function firstOf(messages: AsyncIterator<RecordPredictionsRequest>): Promise<PredictionsHeader> {
  const first = await messages.next();
  if (first.done !== true && first.value.content.case === "header") return first.value.content.value;
  throw invalid("the first message is not the header", "header");
}

/** Takes in all rows. Throws EVALUATION_INVALID for a stream that ends before it says how many there are. */
async function receive(
  messages: AsyncIterator<RecordPredictionsRequest>,
  predictions: Predictions,
  hold: (bytes: number) => void,
): Promise<void> {
  for (;;) {
    const next = await messages.next();
    if (next.done === true) {
      const got = `after ${predictions.rowCount} rows`;
      throw invalid(`the stream ended ${got} without saying how many there are, so some may be missing`, "end");
    }
    const { content } = next.value;
    if (content.case === "header") throw invalid("there is a second header", "header");
    if (content.case === "rows") {
      predictions.add(content.value);
      hold(predictions.allocatedBytes);
    }
    if (content.case !== "end") continue;
    const { rowCount } = content.value;
    if (rowCount !== BigInt(predictions.rowCount)) {
      throw invalid(`${rowCount} rows were sent and ${predictions.rowCount} received`, "end.row_count");
    }
    if ((await messages.next()).done !== true) throw invalid("something follows the end", "end");
    return;
  }
}

/** What the same request id must stand for: the header, and what followed from the rows. */
function fingerprint(header: PredictionsHeader, results: Results) {
  const rows = JSON.stringify(results, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value));
  const value: MessageInitShape<typeof RecordPredictionsRequestSchema> = {
    content: { case: "header", value: { ...header, parameters: { ...header.parameters, "": rows } } },
  };
  return Object.assign(create(RecordPredictionsRequestSchema, value), { requestId: header.requestId });
}

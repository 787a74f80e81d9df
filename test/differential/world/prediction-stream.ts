import { createHash } from "node:crypto";
import { create, fromJson, type JsonObject, toJson } from "@bufbuild/protobuf";
import {
  EvaluationService,
  PredictionRowsSchema,
  PredictionsEndSchema,
  PredictionsHeaderSchema,
  type RecordPredictionsRequest,
  RecordPredictionsRequestSchema,
  RecordPredictionsResponseSchema,
} from "@slipway/gen/slipway/metadata/v1/evaluation_service_pb.js";
import { createClient } from "@slipway/rpc";
import type { Answer } from "../operation.ts";
import { errorAnswer } from "./answers.ts";
import { comparable } from "./comparable.ts";
import type { Calling } from "./special-calls.ts";

const LABELS = ["spam", "ham", "é"];
const MOST_ROWS = 12;

/** Streams rows that follow from the request's `seed`; without one the stream is cut behind its header. */
export async function recordPredictions({ aliases, transport }: Calling, request: JsonObject): Promise<Answer> {
  const { seed, ...header } = request;
  const evaluations = createClient(EvaluationService, transport);
  try {
    const response = await evaluations.recordPredictions(messages(header, seed as number | undefined));
    return { response: comparable(aliases, toJson(RecordPredictionsResponseSchema, response)) };
  } catch (error) {
    return errorAnswer(aliases, error);
  }
}

async function* messages(header: JsonObject, seed: number | undefined): AsyncGenerator<RecordPredictionsRequest> {
  const message = (content: RecordPredictionsRequest["content"]) => create(RecordPredictionsRequestSchema, { content });
  yield message({ case: "header", value: fromJson(PredictionsHeaderSchema, header) });
  if (seed === undefined) return;
  const drawn = createHash("sha512").update(String(seed)).digest();
  const rows = create(PredictionRowsSchema);
  const count = 1 + (drawn.readUInt8(0) % MOST_ROWS);
  const hasScores = typeof header.positiveLabel === "string" && drawn.readUInt8(1) % 2 === 0;
  for (let row = 0; row < count; row += 1) {
    const at = 2 + row * 4;
    rows.labels.push(LABELS[drawn.readUInt8(at) % LABELS.length] ?? "");
    rows.predictions.push(LABELS[drawn.readUInt8(at + 1) % LABELS.length] ?? "");
    if (hasScores) rows.scores.push((drawn.readUInt8(at + 2) % 5) / 4);
    rows.slices.push(["", "a", "language=中文"][drawn.readUInt8(at + 3) % 3] ?? "");
  }
  yield message({ case: "rows", value: rows });
  yield message({ case: "end", value: create(PredictionsEndSchema, { rowCount: BigInt(count) }) });
}

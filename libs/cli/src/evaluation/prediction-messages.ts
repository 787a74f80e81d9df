import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { ClientError } from "@slipway/client";
import {
  type PredictionRows,
  PredictionRowsSchema,
  type PredictionsHeaderSchema,
  type RecordPredictionsRequestSchema,
} from "@slipway/gen/slipway/metadata/v1/evaluation_service_pb.js";
import { csvRecords } from "./csv-records.ts";
import { type ColumnNames, type ColumnPlaces, placesOf } from "./prediction-columns.ts";

/** Of one message, as the contract has it; and well below its 4 MiB. */
const MOST_ROWS = 16_384;
const MOST_CHARACTERS = 512 * 1024;

type Message = MessageInitShape<typeof RecordPredictionsRequestSchema>;

export interface PredictionsFile {
  path: string;
  columns: ColumnNames;
  /** The labels are numbers. */
  regression: boolean;
  onBytes(bytes: number): void;
}

/**
 * A file of predictions as RecordPredictions takes it, read as far as it is sent. Throws ClientError for what cannot be read,
 * before the end is sent: the server then records nothing.
 */
export async function* predictionMessages(
  header: MessageInitShape<typeof PredictionsHeaderSchema>,
  { path, columns, regression, onBytes }: PredictionsFile,
): AsyncGenerator<Message> {
  yield { content: { case: "header", value: header } };
  let places: ColumnPlaces | undefined;
  let batch = create(PredictionRowsSchema);
  let characters = 0;
  let rows = 0;
  for await (const record of csvRecords(path, onBytes)) {
    if (places === undefined) {
      places = placesOf(record, columns);
      continue;
    }
    rows += 1;
    const row = new RecordReader(record, `${path}: row ${rows}`);
    if (regression) addEstimate(batch, row, places);
    else addPrediction(batch, row, places);
    characters += row.characters;
    if (rows % MOST_ROWS !== 0 && characters < MOST_CHARACTERS) continue;
    yield { content: { case: "rows", value: batch } };
    batch = create(PredictionRowsSchema);
    characters = 0;
  }
  if (rows === 0) throw new ClientError(`${path} has no rows below its first line.`);
  if (batch.labels.length + batch.targets.length > 0) yield { content: { case: "rows", value: batch } };
  yield { content: { case: "end", value: { rowCount: BigInt(rows) } } };
}

function addPrediction(batch: PredictionRows, row: RecordReader, places: ColumnPlaces): void {
  batch.labels.push(row.text(places.label));
  if (places.prediction !== undefined) batch.predictions.push(row.text(places.prediction));
  if (places.score !== undefined) batch.scores.push(row.number(places.score, "score"));
  addCommon(batch, row, places);
}

function addEstimate(batch: PredictionRows, row: RecordReader, places: ColumnPlaces): void {
  if (places.prediction === undefined) {
    throw new ClientError("A regression needs predictions: name their column with --prediction-column.");
  }
  batch.targets.push(row.number(places.label, "label"));
  batch.estimates.push(row.number(places.prediction, "prediction"));
  addCommon(batch, row, places);
}

function addCommon(batch: PredictionRows, row: RecordReader, { weight, slice }: ColumnPlaces): void {
  if (weight !== undefined) batch.weights.push(row.number(weight, "weight"));
  if (slice !== undefined) batch.slices.push(row.text(slice));
}

/** Reads the columns of one record. */
class RecordReader {
  readonly #record: readonly string[];
  readonly #where: string;
  /** Of the texts that were read. */
  characters = 0;

  constructor(record: readonly string[], where: string) {
    this.#record = record;
    this.#where = where;
  }

  text(place: number): string {
    const text = this.#record[place] ?? "";
    this.characters += text.length;
    return text;
  }

  /** Throws ClientError for what is no finite number. */
  number(place: number, what: string): number {
    const text = (this.#record[place] ?? "").trim();
    const number = text === "" ? Number.NaN : Number(text);
    if (Number.isFinite(number)) return number;
    throw new ClientError(`${this.#where} has the ${what} "${text}", which is no finite number.`);
  }
}

import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Evaluation } from "@slipway/gen/slipway/metadata/v1/evaluation_pb.js";
import type {
  PredictionRowsSchema,
  RecordPredictionsRequestSchema,
} from "@slipway/gen/slipway/metadata/v1/evaluation_service_pb.js";
import type { Clients } from "../../testing/metadata-server.test.ts";

export type Request = MessageInitShape<typeof RecordPredictionsRequestSchema>;
export type Rows = MessageInitShape<typeof PredictionRowsSchema>;

/** A message of rows. */
export const rows = (value: Rows): Request => ({ content: { case: "rows", value } });

/** The last message of so many rows. */
export const end = (rowCount: number): Request => ({ content: { case: "end", value: { rowCount: BigInt(rowCount) } } });

/** Streams predictions of one version. */
export class PredictionSender {
  readonly #clients: Clients;
  readonly #parent: string;

  constructor(clients: Clients, parent: string) {
    this.#clients = clients;
    this.#parent = parent;
  }

  header(more: { parent?: string; positiveLabel?: string; requestId?: string } = {}): Request {
    return { content: { case: "header", value: { parent: this.#parent, dataset: "test", ...more } } };
  }

  async send(...messages: Request[]): Promise<Evaluation> {
    const { evaluation } = await this.#clients.evaluations.recordPredictions(
      (async function* () {
        yield* messages;
      })(),
    );
    return evaluation as Evaluation;
  }

  /** How many evaluations the version has. */
  async count(): Promise<number> {
    return (await this.#clients.evaluations.listEvaluations({ parent: this.#parent })).evaluations.length;
  }
}

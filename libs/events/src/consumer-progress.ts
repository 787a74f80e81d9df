import {
  type CollectionDefinition,
  type DocumentKey,
  type DocumentStore,
  PLATFORM,
  type StoredDocument,
} from "@slipway/documents";
import type { Ids } from "@slipway/runtime";

/** How far each consumer is in each source; lies in the consumer's own database. */
export const consumersCollection: CollectionDefinition = {
  name: "consumers",
  formatVersion: 1,
  upgrade: (body) => body,
  project: () => ({}),
};

/** The last sequence that a consumer has handled. It never goes back, also where two processes run the consumer. */
export class ConsumerProgress {
  readonly #documents: DocumentStore;
  readonly #ids: Ids;
  readonly #key: DocumentKey;

  constructor(documents: DocumentStore, ids: Ids, consumer: string, source: string) {
    this.#documents = documents;
    this.#ids = ids;
    this.#key = { tenant: PLATFORM, collection: consumersCollection.name, id: `${consumer}/${source}` };
  }

  /** 0 for a consumer that never ran. */
  async load(): Promise<number> {
    return sequenceOf(await this.#documents.get(this.#key));
  }

  /** Returns the stored sequence, which is higher than the given one where another process is ahead. */
  async save(sequence: number): Promise<number> {
    for (;;) {
      const stored = await this.#documents.get(this.#key);
      if (sequenceOf(stored) >= sequence) return sequenceOf(stored);
      const head = { key: this.#key, body: { sequence } };
      const outcome = await this.#documents.commit(
        [stored ? { kind: "replace", revision: stored.revision, ...head } : { kind: "insert", ...head }],
        this.#ids.uid(),
      );
      if (outcome.committed) return sequence;
    }
  }
}

function sequenceOf(stored: StoredDocument | undefined): number {
  return Number(stored?.body.sequence ?? 0);
}

import {
  type CollectionDefinition,
  type DocumentKey,
  type DocumentStore,
  PLATFORM,
  type StoredDocument,
  type Write,
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
      const outcome = await this.#documents.commit([this.#write(stored, sequence)], this.#ids.uid());
      if (outcome.committed) return sequence;
    }
  }

  /**
   * Moves on and writes, both or neither: not where another process has moved on meanwhile, nor where the condition of a
   * write does not hold. At most 999 writes.
   */
  async saveWith(writes: Write[], { from, to }: { from: number; to: number }): Promise<boolean> {
    const stored = await this.#documents.get(this.#key);
    if (sequenceOf(stored) !== from) return false;
    const outcome = await this.#documents.commit([...writes, this.#write(stored, to)], this.#ids.uid());
    return outcome.committed;
  }

  #write(stored: StoredDocument | undefined, sequence: number): Write {
    const head = { key: this.#key, body: { sequence } };
    return stored ? { kind: "replace", revision: stored.revision, ...head } : { kind: "insert", ...head };
  }
}

function sequenceOf(stored: StoredDocument | undefined): number {
  return Number(stored?.body.sequence ?? 0);
}

/**
 * Collects single requests into batches: what arrives while a batch runs makes up the next one. Alone a request does
 * not wait; under load the cost of a round trip or a sync is shared.
 */
export class Batches<Item, Result> {
  readonly #run: (items: Item[]) => Promise<Result[]>;
  readonly #maxItems: number;
  #waiting: { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void }[] = [];
  #running = false;

  /** `run` answers in the order of the items, of which it gets at most `maxItems`. */
  constructor(maxItems: number, run: (items: Item[]) => Promise<Result[]>) {
    this.#maxItems = maxItems;
    this.#run = run;
  }

  /** Rejects with what the item's batch rejected with. */
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#running) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#running = true;
    // What the same turn of the event loop adds belongs into the first batch.
    await null;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#maxItems);
      try {
        const results = await this.#run(batch.map(({ item }) => item));
        batch.forEach(({ resolve }, index) => {
          resolve(results[index] as Result);
        });
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#running = false;
  }
}

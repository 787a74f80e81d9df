/** Most processes change what they have just read or written. */
const MOST = 20_000;

/**
 * The order keys of documents that this process has seen, by entry id: a replace needs its document's to index numbers
 * and strings. One that is out of date (deleted and inserted again) makes the replace miss, and is looked up then.
 */
export class KnownOrders {
  readonly #orders = new Map<string, number>();

  get(id: string): number | undefined {
    return this.#orders.get(id);
  }

  set(id: string, order: number): void {
    this.#orders.delete(id);
    this.#orders.set(id, order);
    if (this.#orders.size <= MOST) return;
    for (const oldest of this.#orders.keys()) {
      this.#orders.delete(oldest);
      return;
    }
  }
}

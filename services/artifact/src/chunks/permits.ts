/** Hands out a bounded number of permits in the order of asking: calls in flight, or bytes in memory. */
export class Permits {
  #free: number;
  readonly #total: number;
  readonly #waiting: { count: number; resolve: () => void }[] = [];

  constructor(total: number) {
    this.#total = total;
    this.#free = total;
  }

  /** Resolves once `count` permits are taken; more than there are in all counts as all of them. */
  async take(count: number): Promise<void> {
    const wanted = Math.min(count, this.#total);
    if (this.#waiting.length === 0 && this.#free >= wanted) {
      this.#free -= wanted;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push({ count: wanted, resolve }));
  }

  /** Gives back what `take` took with the same count. */
  give(count: number): void {
    this.#free += Math.min(count, this.#total);
    for (let next = this.#waiting[0]; next !== undefined && next.count <= this.#free; next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#free -= next.count;
      next.resolve();
    }
  }
}

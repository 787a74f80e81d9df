/** Numbers the labels of a classification in the order in which they come. */
export class LabelIndex {
  readonly #indexes = new Map<string, number>();
  readonly #labels: string[] = [];
  /** How many labels it takes. */
  readonly capacity: number;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /** The number of a label, new ones included; undefined for one more than there is room for. */
  of(label: string): number | undefined {
    const known = this.#indexes.get(label);
    if (known !== undefined || this.#labels.length === this.capacity) return known;
    this.#indexes.set(label, this.#labels.length);
    return this.#labels.push(label) - 1;
  }

  at(index: number): string | undefined {
    return this.#labels[index];
  }

  has(label: string): boolean {
    return this.#indexes.has(label);
  }

  all(): readonly string[] {
    return this.#labels;
  }
}

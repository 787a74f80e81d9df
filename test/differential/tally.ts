import type { Answer, Operation } from "./operation.ts";

/** Counts which methods were called and how they were answered. */
export class Tally {
  readonly #answers = new Map<string, Map<string, number>>();

  count({ method }: Operation, answer: Answer): void {
    const word = "error" in answer ? String(answer.error.reason) : "OK";
    const words = this.#answers.get(method) ?? new Map<string, number>();
    words.set(word, (words.get(word) ?? 0) + 1);
    this.#answers.set(method, words);
  }

  /** Methods that were answered at least once without an error. */
  get answered(): string[] {
    return [...this.#answers].filter(([, words]) => words.has("OK")).map(([method]) => method);
  }

  /** One line a method: calls, those without an error, and the reasons of the others. */
  toString(): string {
    const lines = [...this.#answers].sort().map(([method, words]) => {
      const calls = [...words.values()].reduce((sum, count) => sum + count, 0);
      const reasons = [...words].sort((one, other) => other[1] - one[1]).map(([word, count]) => `${word} ${count}`);
      return `${method}: ${calls} (${reasons.join(", ")})`;
    });
    return lines.join("\n");
  }
}

/** What decides between plans need not be newer; pages of one listing follow each other faster. */
const KEPT_MS = 10_000;
const MOST = 2_000;

/** Remembers answers for some seconds by their question, so that one page after the other asks once. */
export class RecentAnswers {
  readonly #answers = new Map<string, { askedMs: number; answer: Promise<unknown> }>();

  /** `question` tells everything that `ask` depends on. A failure is not remembered. */
  async get<Value>(question: string, ask: () => Promise<Value>): Promise<Value> {
    const known = this.#answers.get(question);
    if (known && performance.now() - known.askedMs < KEPT_MS) return (await known.answer) as Value;
    const answer = ask();
    this.#answers.delete(question);
    this.#answers.set(question, { askedMs: performance.now(), answer });
    if (this.#answers.size > MOST) this.#forgetOldest();
    try {
      return await answer;
    } catch (error) {
      this.#answers.delete(question);
      throw error;
    }
  }

  #forgetOldest(): void {
    for (const oldest of this.#answers.keys()) {
      this.#answers.delete(oldest);
      return;
    }
  }
}

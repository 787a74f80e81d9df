import type { Answer, Operation } from "./operation.ts";

/** Of an answer, in characters: the whole of a page helps nobody. */
const MAX_SHOWN = 3_000;

export interface Place {
  seed: number;
  number: number;
  operation: Operation;
  names: readonly [string, string];
  answers: readonly [Answer, Answer];
}

/** An operation that two worlds should have answered alike. */
export class Difference extends Error {
  override readonly name = "Difference";
  readonly operation: Operation;

  constructor(problem: string, { seed, number, operation, names, answers }: Place) {
    const { method, caller, request, sending } = operation;
    const texts = answers.map((answer) => JSON.stringify(answer, undefined, 1));
    const from = Math.max(0, firstDifference(texts[0] ?? "", texts[1] ?? "") - MAX_SHOWN / 4);
    const shown = texts.map(
      (text, index) => `${names[index]}: ${from > 0 ? "…" : ""}${text.slice(from, from + MAX_SHOWN)}`,
    );
    super(
      [
        `seed ${seed}, operation ${number}: ${method} by ${caller} ${problem} (SLIPWAY_TEST_SEED=${seed} repeats it)`,
        `request: ${JSON.stringify(sending ?? request)}`,
        ...shown,
      ].join("\n"),
    );
    this.operation = operation;
  }
}

function firstDifference(one: string, other: string): number {
  let index = 0;
  while (index < one.length && one[index] === other[index]) index += 1;
  return index;
}

import {
  type CelFunc,
  CelScalar,
  type CelValue,
  celEnv,
  celError,
  celFunc,
  celList,
  isCelList,
  isCelMap,
} from "@bufbuild/cel";

/** Function that stands around the condition of every loop, see `examine.ts`. */
export const LOOP_FUNCTION = "slipway_loop";

/** Characters of text, or bytes of JSON, that cost one unit. */
const BYTES_PER_UNIT = 64;
/** Elements of lists and maps that cost one unit where they are looked at, and where they are copied. */
const ELEMENTS_PER_UNIT = 8;
const COPIES_PER_UNIT = 32;
/** RE2 compiles the pattern and then looks at each character several times. */
const REGULAR_EXPRESSION_UNITS = 200;
const REGULAR_EXPRESSION_FACTOR = 8;

/**
 * Counts what an evaluation costs and stops it at the budget. A unit is about a microsecond on two shared cores.
 * Evaluation is synchronous, so one meter serves all. Errors alone would not stop it, since CEL's `||` and `&&` absorb
 * them: once spent, loops end and calls fail at once.
 */
export class Meter {
  #left = 0;
  #messageUnits = 0;

  /** Does work that takes from a budget. `messageBytes`: bytes of JSON of the messages among the values. */
  run<Result>(budget: { leftUnits: number }, messageBytes: number, work: () => Result): Result {
    this.#left = budget.leftUnits;
    // What is done with a message looks at the whole of it at most.
    this.#messageUnits = Math.ceil(messageBytes / BYTES_PER_UNIT);
    try {
      return work();
    } finally {
      budget.leftUnits = this.#left;
    }
  }

  /** Whether the budget did not suffice. */
  get exceeded(): boolean {
    return this.#left < 0;
  }

  charge(units: number): boolean {
    this.#left -= units;
    return !this.exceeded;
  }

  /** The standard functions of CEL, each charged for before it runs, and the one for loops. */
  functions(): CelFunc[] {
    const loop = celFunc(LOOP_FUNCTION, [CelScalar.DYN], CelScalar.DYN, (goOn) => (this.charge(1) ? goOn : false));
    return [...[...celEnv().funcs].map((func) => this.#metered(func)), loop];
  }

  #metered(func: CelFunc): CelFunc {
    const call: CelFunc["call"] = (id, target, args) => {
      const [left, right] = args;
      if (func.name === "_+_" && isCelList(left) && isCelList(right)) {
        // The package links the two, so that a list that a loop has built is as deep as it is long, and slow to walk.
        const fits = this.charge(1 + (left.size + right.size) / COPIES_PER_UNIT);
        return fits ? celList([...left, ...right]) : celError("it costs too much", id);
      }
      const factor = func.name === "matches" ? REGULAR_EXPRESSION_FACTOR : 1;
      this.charge(func.name === "matches" ? REGULAR_EXPRESSION_UNITS : 1);
      for (const value of target === undefined ? args : [target, ...args]) this.#chargeFor(value, factor);
      return this.exceeded ? celError("it costs too much", id) : func.call(id, target, args);
    };
    return Object.create(func, { call: { value: call } }) as CelFunc;
  }

  /**
   * A function may look at all that is in a value. It is counted and not guessed: a list of lists may hold far more than
   * the values that an evaluation began with, since `[x, x]` holds x twice.
   */
  #chargeFor(value: CelValue, factor: number): void {
    if (this.exceeded) return;
    if (typeof value === "string") {
      this.charge((value.length / BYTES_PER_UNIT) * factor);
    } else if (isCelList(value)) {
      for (const element of value) {
        if (!this.charge(1 / ELEMENTS_PER_UNIT)) return;
        this.#chargeFor(element, factor);
      }
    } else if (isCelMap(value)) {
      for (const [key, element] of value) {
        if (!this.charge(1 / ELEMENTS_PER_UNIT)) return;
        this.#chargeFor(key, factor);
        this.#chargeFor(element, factor);
      }
    } else if (typeof value === "object" && value !== null) {
      this.charge(this.#messageUnits * factor);
    }
  }
}

import { type CelFunc, CelScalar, type CelValue, celEnv, celError, celFunc, isCelList, isCelMap } from "@bufbuild/cel";

/**
 * What one evaluation may cost: a unit is about a microsecond on two shared cores, so that a filter holds up the
 * process for some 50 ms at the very worst.
 */
const BUDGET_UNITS = 50_000;

/** Function that stands around the condition of every loop, see `meterLoops` in event-filter.ts. */
export const LOOP_FUNCTION = "slipway_loop";

/** Characters of text, or bytes of JSON, that cost one unit. */
const BYTES_PER_UNIT = 64;
/** RE2 compiles the pattern and then looks at each character several times. */
const REGULAR_EXPRESSION_UNITS = 200;
const REGULAR_EXPRESSION_FACTOR = 8;

/**
 * Counts what an evaluation costs and stops it at the budget. Evaluation is synchronous, so one meter serves all.
 * Errors alone would not stop it, since CEL's `||` and `&&` absorb them: once spent, loops end and calls fail at once.
 */
export class FilterMeter {
  #left = 0;
  #containerUnits = 0;

  /** Begins an evaluation over an event of that many bytes of JSON. */
  start(eventBytes: number): void {
    this.#left = BUDGET_UNITS;
    // Comparing containers compares what is in them, at most the whole event.
    this.#containerUnits = Math.ceil(eventBytes / BYTES_PER_UNIT);
  }

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
      const units = this.#unitsOf(func.name, target === undefined ? args : [target, ...args]);
      return this.charge(units) ? func.call(id, target, args) : celError("the filter costs too much", id);
    };
    return Object.create(func, { call: { value: call } }) as CelFunc;
  }

  #unitsOf(name: string, values: CelValue[]): number {
    let units = 1;
    for (const value of values) {
      if (typeof value === "string") units += value.length / BYTES_PER_UNIT;
      else if (isCelList(value) || isCelMap(value)) units += this.#containerUnits;
    }
    return name === "matches" ? REGULAR_EXPRESSION_UNITS + units * REGULAR_EXPRESSION_FACTOR : units;
  }
}

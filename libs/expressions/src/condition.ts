import { type CelEnv, type CelInput, CelScalar, isCelError, parse, plan } from "@bufbuild/cel";
import type { Registry } from "@bufbuild/protobuf";
import { type Expression, meter, meteredEnvironment } from "./environment.ts";
import { ConditionFailure, ConditionInvalid } from "./errors.ts";
import { examine } from "./examine.ts";
import type { Shape } from "./shape.ts";

/** Same bound as in the proto, for conditions that come another way. */
const MAX_CHARACTERS = 2048;

/** What one evaluation may cost where nothing else is said: it holds up the process for some 50 ms at the very worst. */
const BUDGET_UNITS = 50_000;

/** Compiled conditions that are kept, the oldest give way: the same few gates judge every transition. */
const REMEMBERED_CONDITIONS = 500;

/** What evaluations may cost together, in units of about a microsecond; each takes from it. */
export interface Budget {
  leftUnits: number;
}

/** What conditions may look at. */
export interface Variables {
  /** What is known of each, by its name. */
  shapes: Readonly<Record<string, Shape>>;
  /** The messages that values may be; none: values are scalars, lists, maps and plain objects. */
  registry?: Registry;
}

/** Values of the variables, by their names. */
export type Values = Readonly<Record<string, CelInput>>;

/** A condition that was compiled. */
export interface Condition {
  /** As it was parsed, with its loops on the meter. */
  readonly parsed: ReturnType<typeof parse>;
  readonly environment: CelEnv;
  /**
   * Whether it holds. `messageBytes`: bytes of JSON of the messages among the values. Throws ConditionFailure where it
   * cannot be worked out for these values or costs more than the budget.
   */
  holds(values: Values, limits?: { budget?: Budget; messageBytes?: number }): boolean;
}

/** Compiles conditions over some variables. */
export class ConditionCompiler {
  readonly #environment: CelEnv;
  readonly #scope: ReadonlyMap<string, Shape>;
  readonly #remembered = new Map<string, Condition>();

  constructor({ shapes, registry }: Variables) {
    this.#environment = meteredEnvironment(registry);
    this.#scope = new Map(Object.entries(shapes));
  }

  /** Throws ConditionInvalid for what does not parse, names what there is not, or can never give true or false. */
  compile(text: string): Condition {
    const remembered = this.#remembered.get(text);
    if (remembered !== undefined) return remembered;
    const condition = this.#compile(text);
    if (this.#remembered.size >= REMEMBERED_CONDITIONS) {
      this.#remembered.delete(this.#remembered.keys().next().value as string);
    }
    this.#remembered.set(text, condition);
    return condition;
  }

  #compile(text: string): Condition {
    if (text.length > MAX_CHARACTERS) throw new ConditionInvalid(`it is longer than ${MAX_CHARACTERS} characters`);
    const { parsed, evaluate } = this.#plan(text);
    const holds: Condition["holds"] = (values, limits = {}) => {
      const { budget = { leftUnits: BUDGET_UNITS }, messageBytes = 0 } = limits;
      const result = meter.run(budget, messageBytes, () => evaluate(values));
      if (meter.exceeded) throw new ConditionFailure("it costs too much on these values");
      if (isCelError(result)) throw new ConditionFailure(result.message);
      if (typeof result !== "boolean") throw new ConditionFailure("it does not give true or false on these values");
      return result;
    };
    return { parsed, environment: this.#environment, holds };
  }

  #plan(text: string) {
    const environment = this.#environment;
    try {
      const parsed = parse(text);
      const shape = examine(parsed.expr, this.#scope, environment, [...this.#scope.keys()]);
      const isOther = shape.kind !== "any" && (shape.kind !== "scalar" || shape.type !== "bool");
      if (isOther || !mayBeBoolean(parsed.expr, environment)) throw new ConditionInvalid("it must give true or false");
      return { parsed, evaluate: plan(environment, parsed.expr) };
    } catch (cause) {
      if (cause instanceof ConditionInvalid) throw cause;
      // All of it recurses, so that text nested too deep ends by the stack.
      const problem = cause instanceof RangeError ? "it is nested too deep" : (cause as Error).message;
      throw new ConditionInvalid(problem.replace(/^<input>:(\d+):(\d+): /, "line $1, character $2: "), { cause });
    }
  }
}

/** False where an expression can never give a bool, as far as its outermost part tells. */
function mayBeBoolean({ exprKind }: Expression, environment: CelEnv): boolean {
  switch (exprKind.case) {
    case "constExpr":
      return exprKind.value.constantKind.case === "boolValue";
    case "listExpr":
    case "structExpr":
      return false;
    case "callExpr": {
      const { function: name, args } = exprKind.value;
      if (name === "_?_:_") return args.slice(1).every((part) => mayBeBoolean(part, environment));
      const overloads = [...(environment.funcs.find(name) ?? [])];
      const gives = overloads.map((overload) => overload.result);
      return overloads.length === 0 || gives.includes(CelScalar.BOOL) || gives.includes(CelScalar.DYN);
    }
    default:
      return true;
  }
}

import { type CelResult, type CelValue, isCelError, isCelList, isCelMap, plan, unparse } from "@bufbuild/cel";
import type { Budget, Condition, Values } from "./condition.ts";
import { type Expression, meter } from "./environment.ts";
import { valueText } from "./value-text.ts";

/** Elements of a list that are looked at for the one that is to blame. */
const MAX_LOOKED_AT = 100;
const MAX_CHARACTERS = 4096;

/** What a comparison that is not true comes to in words, as it is written and as it reads from the other side. */
type Comparison = readonly [words: string, mirrored: string];
const COMPARISONS: ReadonlyMap<string, Comparison> = new Map([
  ["_<_", ["not <", "not >"]],
  ["_<=_", ["not <=", "not >="]],
  ["_>_", ["not >", "not <"]],
  ["_>=_", ["not >=", "not <="]],
  ["_==_", ["not ==", "not =="]],
  ["_!=_", ["not !=", "not !="]],
  ["@in", ["not in", "without"]],
]);

/**
 * Why a condition does not hold for these values, with the values of the part that is to blame: `version.metrics.f1 is
 * 0.79, which is not >= 0.8`, `version.metrics has no f1`. At most 4,096 characters; costs at most the budget (see Meter).
 */
export function explain({ parsed, environment }: Condition, values: Values, budget: Budget): string {
  const explainer = new Explainer(
    (part) => unparse({ ...parsed, expr: part }),
    (part, scope) => plan(environment, part)(scope),
  );
  let text: string;
  try {
    text = meter.run(budget, 0, () => explainer.why(parsed.expr, values));
  } catch {
    text = "it cannot be worked out on these values";
  }
  if (meter.exceeded) text = "it costs too much on these values: use fewer or shorter loops";
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS - 1)}…` : text;
}

class Explainer {
  readonly #text: (part: Expression) => string;
  readonly #evaluate: (part: Expression, scope: Values) => CelResult;

  constructor(text: (part: Expression) => string, evaluate: (part: Expression, scope: Values) => CelResult) {
    this.#text = text;
    this.#evaluate = evaluate;
  }

  /** Why a part is not true. */
  why(part: Expression, scope: Values): string {
    const { exprKind } = part;
    if (exprKind.case === "callExpr") return this.#whyCall(part, exprKind.value.function, partsOf(part), scope);
    if (exprKind.case === "comprehensionExpr") return this.#whyLoop(part, scope);
    if (exprKind.case === "selectExpr" && exprKind.value.testOnly && exprKind.value.operand !== undefined) {
      const { operand, field } = exprKind.value;
      if (!isCelError(this.#evaluate(operand, scope))) return this.#without(operand, field, scope);
    }
    return this.#whyOther(part, scope);
  }

  #whyCall(part: Expression, name: string, args: Expression[], scope: Values): string {
    const [first, second, third] = args;
    if (name === "_&&_" || name === "_||_") {
      const operands = operandsOf(part, name);
      const results = operands.map((each) => this.#evaluate(each, scope));
      // One that is false decides over `&&`, whatever is wrong with the others.
      const decisive =
        name === "_&&_" && results.includes(false) ? results.map((result) => result === false) : undefined;
      const blamed = operands.filter((_, index) => (decisive ? decisive[index] : results[index] !== true));
      return blamed.map((each) => this.why(each, scope)).join(name === "_&&_" ? "; " : ", and ");
    }
    if (name === "_?_:_" && first !== undefined && second !== undefined && third !== undefined) {
      const chosen = this.#evaluate(first, scope);
      if (typeof chosen !== "boolean") return this.why(first, scope);
      return `as ${this.#text(first)} is ${chosen}, ${this.why(chosen ? second : third, scope)}`;
    }
    const comparison = COMPARISONS.get(name);
    if (comparison !== undefined && first !== undefined && second !== undefined) {
      const told = this.#whyComparison(first, comparison, second, scope);
      if (told !== undefined) return told;
    }
    return this.#whyOther(part, scope);
  }

  /** Undefined where one side has no value. */
  #whyComparison(
    left: Expression,
    [words, mirrored]: Comparison,
    right: Expression,
    scope: Values,
  ): string | undefined {
    if (isConstant(left) && !isConstant(right)) {
      return this.#whyComparison(right, [mirrored, words], left, scope);
    }
    const [one, other] = [this.#evaluate(left, scope), this.#evaluate(right, scope)];
    if (isCelError(one) || isCelError(other)) return undefined;
    const wanted = isConstant(right) ? this.#text(right) : `${this.#text(right)}, ${valueText(other)}`;
    return `${this.#text(left)} is ${valueText(one)}, which is ${words} ${wanted}`;
  }

  /** Of `all` the first element that does not fulfil it, of others what they are about. */
  #whyLoop(part: Expression, scope: Values): string {
    if (part.exprKind.case !== "comprehensionExpr") return this.#whyOther(part, scope);
    const { iterRange, iterVar, loopStep } = part.exprKind.value;
    const range = iterRange && this.#evaluate(iterRange, scope);
    if (iterRange === undefined || range === undefined || isCelError(range)) return this.#whyOther(part, scope);
    const about = this.#text(iterRange);
    const step = loopStep?.exprKind.case === "callExpr" ? loopStep.exprKind.value : undefined;
    const predicate = step?.args[1];
    const elements = isCelList(range) ? [...range] : isCelMap(range) ? [...range.keys()] : [];
    for (const [index, element] of elements.slice(0, MAX_LOOKED_AT).entries()) {
      if (predicate === undefined) break;
      const within = { ...scope, [iterVar]: element };
      const result = this.#evaluate(predicate, within);
      if (step?.function === "_&&_" ? result !== true : isCelError(result)) {
        return `with ${iterVar} = ${about}[${isCelList(range) ? index : valueText(element as CelValue)}], ${this.why(predicate, within)}`;
      }
    }
    return `${this.#text(part)} is false; ${about} is ${valueText(range)}`;
  }

  /** Anything else: the innermost part that has no value, or what its parts are. */
  #whyOther(part: Expression, scope: Values): string {
    const parts = partsOf(part);
    const result = this.#evaluate(part, scope);
    const wrong = parts.find((each) => isCelError(this.#evaluate(each, scope)));
    if (isCelError(result) && wrong !== undefined) return this.why(wrong, scope);
    const { exprKind } = part;
    if (isCelError(result) && exprKind.case === "selectExpr" && exprKind.value.operand !== undefined) {
      return this.#without(exprKind.value.operand, exprKind.value.field, scope);
    }
    const known = parts.filter((each) => !isConstant(each)).map((each) => this.#is(each, scope));
    if (!isCelError(result)) return [`${this.#text(part)} is ${valueText(result)}`, ...known].join("; ");
    const [operand, index] = parts;
    const isIndexed = exprKind.case === "callExpr" && exprKind.value.function === "_[_]";
    if (isIndexed && operand !== undefined && index !== undefined) {
      return this.#without(operand, `[${valueText(this.#evaluate(index, scope) as CelValue)}]`, scope);
    }
    return [`${this.#text(part)} has no value: ${result.message}`, ...known].join("; ");
  }

  #is(part: Expression, scope: Values): string {
    return `${this.#text(part)} is ${valueText(this.#evaluate(part, scope) as CelValue)}`;
  }

  /** That the value of a part has no such field. */
  #without(operand: Expression, field: string, scope: Values): string {
    const value = this.#evaluate(operand, scope);
    if (isCelMap(value)) return `${this.#text(operand)} has no ${field}`;
    if (isCelList(value)) return `${this.#text(operand)} has ${value.size} elements and no ${field}`;
    return `${this.#text(operand)} is ${valueText(value as CelValue)}, and has no ${field}`;
  }
}

/** What a chain of one operator joins: `a && (b && c)` joins three. */
function operandsOf(part: Expression, operator: string): Expression[] {
  const { exprKind } = part;
  if (exprKind.case !== "callExpr" || exprKind.value.function !== operator) return [part];
  return exprKind.value.args.flatMap((each) => operandsOf(each, operator));
}

function isConstant({ exprKind }: Expression): boolean {
  return exprKind.case === "constExpr" || (exprKind.case === "listExpr" && exprKind.value.elements.every(isConstant));
}

/** What a part is made of, other than the inside of a loop. */
function partsOf({ exprKind }: Expression): Expression[] {
  switch (exprKind.case) {
    case "selectExpr":
      return exprKind.value.operand === undefined ? [] : [exprKind.value.operand];
    case "callExpr":
      return [...(exprKind.value.target === undefined ? [] : [exprKind.value.target]), ...exprKind.value.args];
    case "listExpr":
      return exprKind.value.elements;
    case "structExpr":
      return exprKind.value.entries.flatMap(({ value }) => (value === undefined ? [] : [value]));
    case "comprehensionExpr":
      return exprKind.value.iterRange === undefined ? [] : [exprKind.value.iterRange];
    default:
      return [];
  }
}

import { CelScalar, celEnv, isCelError, parse, plan } from "@bufbuild/cel";
import { createRegistry } from "@bufbuild/protobuf";
import { type Event, EventSchema } from "@slipway/gen/slipway/event/v1/event_pb.js";
import { FilterMeter, LOOP_FUNCTION } from "./filter-meter.ts";

type Expression = NonNullable<ReturnType<typeof parse>["expr"]>;
type Environment = ReturnType<typeof celEnv>;

/** Whether an event fits. Throws FilterFailure where the filter cannot be worked out for this event. */
export type EventFilter = (event: Event) => boolean;

/** The filter cannot be compiled: what is wrong with its text. */
export class FilterInvalid extends Error {
  override readonly name = "FilterInvalid";
}

/** The filter compiled, but not for this event: a field that it lacks, a type that does not fit, too much work. */
export class FilterFailure extends Error {
  override readonly name = "FilterFailure";
}

/** Same bound as in the proto, for filters that come another way. */
const MAX_CHARACTERS = 2048;
/** Loops inside loops; the meter bounds what they do, this bounds what people have to read. */
const MAX_LOOP_DEPTH = 3;

/** What the planner resolves by itself, without a function of that name. */
const OPERATORS = new Set(["_?_:_", "_&&_", "_||_", "_[_]", "@not_strictly_false", "__not_strictly_false__"]);
const TYPE_NAMES = new Set(["bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint"]);
const EVENT_FIELDS = EventSchema.fields.map((field) => field.name);

const meter = new FilterMeter();
const environment: Environment = celEnv({ registry: createRegistry(EventSchema), funcs: meter.functions() });

/** Compiles a filter (CEL over `event`). An empty one fits every event. Throws FilterInvalid. */
export function compileFilter(text: string): EventFilter {
  if (text.trim() === "") return () => true;
  if (text.length > MAX_CHARACTERS) throw new FilterInvalid(`it is longer than ${MAX_CHARACTERS} characters`);
  const evaluate = planFilter(text);
  return (event) => {
    meter.start(JSON.stringify(event.payload ?? null).length);
    const result = evaluate({ event });
    if (meter.exceeded) throw new FilterFailure("it costs too much on this event");
    if (isCelError(result)) throw new FilterFailure(result.message);
    if (typeof result !== "boolean") throw new FilterFailure("it does not give true or false on this event");
    return result;
  };
}

function planFilter(text: string): ReturnType<typeof plan> {
  try {
    const expression = parse(text).expr;
    examine(expression, new Set(["event"]), 0);
    if (!mayBeBoolean(expression)) throw new FilterInvalid("it must give true or false");
    return plan(environment, expression);
  } catch (cause) {
    if (cause instanceof FilterInvalid) throw cause;
    // All of it recurses, so that text nested too deep ends by the stack.
    const problem = cause instanceof RangeError ? "it is nested too deep" : (cause as Error).message;
    throw new FilterInvalid(problem.replace(/^<input>:(\d+):(\d+): /, "line $1, character $2: "), { cause });
  }
}

/** Refuses names and functions that do not exist, and puts every loop on the meter. */
function examine(expression: Expression, names: ReadonlySet<string>, loopDepth: number): void {
  const inner = (part: Expression | undefined, known = names, depth = loopDepth) => {
    if (part !== undefined) examine(part, known, depth);
  };
  const { exprKind } = expression;
  switch (exprKind.case) {
    case "identExpr": {
      const { name } = exprKind.value;
      if (!names.has(name) && !TYPE_NAMES.has(name)) throw new FilterInvalid(`there is no "${name}", only "event"`);
      return;
    }
    case "selectExpr": {
      const { operand, field } = exprKind.value;
      const isEvent = operand?.exprKind.case === "identExpr" && operand.exprKind.value.name === "event";
      if (isEvent && !EVENT_FIELDS.includes(field)) {
        throw new FilterInvalid(`an event has no field "${field}", only ${EVENT_FIELDS.join(", ")}`);
      }
      inner(operand);
      return;
    }
    case "callExpr": {
      const { target, args } = exprKind.value;
      const name = exprKind.value.function;
      if (!OPERATORS.has(name) && environment.funcs.find(name) === undefined) {
        throw new FilterInvalid(`there is no function "${name}"`);
      }
      inner(target);
      for (const argument of args) inner(argument);
      return;
    }
    case "listExpr":
      for (const element of exprKind.value.elements) inner(element);
      return;
    case "structExpr":
      for (const entry of exprKind.value.entries) {
        if (entry.keyKind.case === "mapKey") inner(entry.keyKind.value);
        inner(entry.value);
      }
      return;
    case "comprehensionExpr": {
      const loop = exprKind.value;
      if (loopDepth === MAX_LOOP_DEPTH)
        throw new FilterInvalid(`its loops are nested more than ${MAX_LOOP_DEPTH} deep`);
      inner(loop.iterRange);
      const known = new Set([...names, loop.iterVar, loop.accuVar]);
      for (const part of [loop.accuInit, loop.loopStep, loop.result]) inner(part, known, loopDepth + 1);
      if (loop.loopCondition !== undefined) loop.loopCondition = metered(loop.loopCondition);
      return;
    }
    default:
      return;
  }
}

/** The condition of a loop, charged for each time. */
function metered(condition: Expression): Expression {
  return {
    ...condition,
    exprKind: {
      case: "callExpr",
      value: { $typeName: "cel.expr.Expr.Call", function: LOOP_FUNCTION, args: [condition] },
    },
  };
}

/** False where an expression can never give a bool, as far as its outermost part tells. */
function mayBeBoolean({ exprKind }: Expression): boolean {
  switch (exprKind.case) {
    case "constExpr":
      return exprKind.value.constantKind.case === "boolValue";
    case "listExpr":
    case "structExpr":
      return false;
    case "callExpr": {
      const { function: name, args } = exprKind.value;
      if (name === "_?_:_") return args.slice(1).every(mayBeBoolean);
      const overloads = [...(environment.funcs.find(name) ?? [])];
      const gives = overloads.map((overload) => overload.result);
      return overloads.length === 0 || gives.includes(CelScalar.BOOL) || gives.includes(CelScalar.DYN);
    }
    default:
      return true;
  }
}

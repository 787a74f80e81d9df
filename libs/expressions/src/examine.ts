import type { CelEnv } from "@bufbuild/cel";
import { callShape, shapeWords } from "./call-shape.ts";
import type { Expression } from "./environment.ts";
import { ConditionInvalid } from "./errors.ts";
import { LOOP_FUNCTION } from "./meter.ts";
import { ANY, BOOL, DOUBLE, INT, type Scope, type Shape, STRING } from "./shape.ts";

/** Loops inside loops; the meter bounds what they do, this bounds what people have to read. */
const MAX_LOOP_DEPTH = 3;
/** People nest a handful; the parser and the planner recurse, and so does whoever reads it. */
const MAX_DEPTH = 100;

/** What the planner resolves by itself, without a function of that name. */
const OPERATORS = new Set(["_?_:_", "_&&_", "_||_", "_[_]", "@not_strictly_false", "__not_strictly_false__"]);
const TYPE_NAMES = new Set(["bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint"]);

/**
 * Refuses names, functions and fields that do not exist, calls that can never succeed, and what is nested too deep, with ConditionInvalid. Puts every
 * loop on the meter. Gives what is known of the value.
 */
export function examine(expression: Expression, scope: Scope, environment: CelEnv, roots: readonly string[]): Shape {
  const inner = (part: Expression | undefined, known: Scope, loops: number, depth: number): Shape => {
    if (part === undefined) return ANY;
    if (depth > MAX_DEPTH) throw new ConditionInvalid("it is nested too deep");
    const within = (each: Expression | undefined) => inner(each, known, loops, depth + 1);
    const { exprKind } = part;
    switch (exprKind.case) {
      case "identExpr":
        return variableShape(exprKind.value.name, known, roots);
      case "constExpr":
        return constantShape(exprKind.value.constantKind.case);
      case "selectExpr": {
        const { operand, field, testOnly } = exprKind.value;
        const shape = fieldShape(within(operand), field);
        return testOnly ? BOOL : shape;
      }
      case "callExpr": {
        const { function: name, target, args } = exprKind.value;
        const isKnown = OPERATORS.has(name) || (name !== LOOP_FUNCTION && environment.funcs.find(name) !== undefined);
        if (!isKnown) {
          throw new ConditionInvalid(`there is no function "${name}"`);
        }
        const targetShape = target && within(target);
        const shapes = args.map(within);
        if (name === "_[_]") return elementShape(shapes[0] ?? ANY, args[1]);
        if (OPERATORS.has(name)) return operatorShape(name, shapes);
        const shape = callShape(environment.funcs.find(name) ?? [], targetShape, shapes);
        if (shape !== undefined) return shape;
        const given = [...(targetShape === undefined ? [] : [targetShape]), ...shapes].map(shapeWords).join(" and ");
        throw new ConditionInvalid(`${name.replaceAll("_", "") || name} cannot be done with ${given}`);
      }
      case "listExpr":
        exprKind.value.elements.forEach(within);
        return ANY;
      case "structExpr":
        for (const { keyKind, value } of exprKind.value.entries) {
          if (keyKind.case === "mapKey") within(keyKind.value);
          within(value);
        }
        return ANY;
      case "comprehensionExpr": {
        const loop = exprKind.value;
        if (loops === MAX_LOOP_DEPTH) {
          throw new ConditionInvalid(`its loops are nested more than ${MAX_LOOP_DEPTH} deep`);
        }
        const range = within(loop.iterRange);
        const names = new Map([...known, [loop.iterVar, elementShape(range, undefined)], [loop.accuVar, ANY]]);
        for (const each of [loop.accuInit, loop.loopStep, loop.result]) inner(each, names, loops + 1, depth + 1);
        if (loop.loopCondition !== undefined) loop.loopCondition = metered(loop.loopCondition);
        return ANY;
      }
      default:
        return ANY;
    }
  };
  return inner(expression, scope, 0, 0);
}

function variableShape(name: string, scope: Scope, roots: readonly string[]): Shape {
  const shape = scope.get(name);
  if (shape === undefined && !TYPE_NAMES.has(name)) {
    throw new ConditionInvalid(`there is no "${name}", only ${roots.map((root) => `"${root}"`).join(", ")}`);
  }
  return shape ?? ANY;
}

function constantShape(kind: string | undefined): Shape {
  switch (kind) {
    case "stringValue":
      return STRING;
    case "doubleValue":
      return DOUBLE;
    case "int64Value":
      return INT;
    case "boolValue":
      return BOOL;
    default:
      return ANY;
  }
}

/** Of what the planner resolves by itself; refuses to join what is never true or false. */
function operatorShape(name: string, shapes: readonly Shape[]): Shape {
  if (name !== "_&&_" && name !== "_||_") return ANY;
  for (const shape of shapes) {
    if (shape.kind === "any" || (shape.kind === "scalar" && shape.type === "bool")) continue;
    throw new ConditionInvalid(`${name.replaceAll("_", "")} joins what is true or false, not ${shapeWords(shape)}`);
  }
  return BOOL;
}

function fieldShape(operand: Shape, field: string): Shape {
  if (operand.kind === "list") throw new ConditionInvalid(`a list has no field "${field}"; use [0], exists or all`);
  if (operand.kind === "any") return ANY;
  if (operand.kind === "map") return operand.of;
  if (operand.kind === "scalar") throw new ConditionInvalid(`${shapeWords(operand)} has no field "${field}"`);
  if (Object.hasOwn(operand.fields, field)) return operand.fields[field] ?? ANY;
  const known = Object.keys(operand.fields).join(", ");
  throw new ConditionInvalid(`${operand.words} has no field "${field}", only ${known}`);
}

/** Of what `[…]` takes out of a value, and of what a loop over it sees. */
function elementShape(shape: Shape, index: Expression | undefined): Shape {
  if (shape.kind === "list") return shape.of;
  // A loop over a map goes over its keys.
  if (shape.kind === "map") return index === undefined ? STRING : shape.of;
  const constant = index?.exprKind.case === "constExpr" ? index.exprKind.value.constantKind : undefined;
  if (shape.kind === "struct" && constant?.case === "stringValue") return fieldShape(shape, constant.value);
  return ANY;
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

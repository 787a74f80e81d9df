import type { CelFunc, CelType } from "@bufbuild/cel";
import { ANY, type Shape } from "./shape.ts";

/**
 * What a call gives, as far as the shapes of what it is given tell; undefined where no overload takes them, so that the
 * call can never succeed.
 */
export function callShape(
  overloads: Iterable<CelFunc>,
  target: Shape | undefined,
  args: readonly Shape[],
): Shape | undefined {
  const fitting = [...overloads].filter(
    (overload) =>
      overload.arguments.length === args.length &&
      args.every((shape, index) => mayBe(shape, overload.arguments[index])) &&
      (target === undefined ? overload.target === undefined : overload.target && mayBe(target, overload.target)),
  );
  const [first, ...others] = fitting.map(({ result }) => shapeOfType(result));
  if (first === undefined) return undefined;
  return others.every((other) => isSame(first, other)) ? first : ANY;
}

/** Words for a shape in a message. */
export function shapeWords(shape: Shape): string {
  switch (shape.kind) {
    case "scalar":
      return shape.type;
    case "struct":
      return shape.words;
    case "any":
      return "anything";
    default:
      return `a ${shape.kind}`;
  }
}

/** False where a value of the shape is never of the type. */
function mayBe(shape: Shape, type: CelType | undefined): boolean {
  if (shape.kind === "any" || type === undefined) return true;
  if (type.kind === "scalar" && type.scalar === "dyn") return true;
  switch (shape.kind) {
    case "scalar":
      return type.kind === "scalar" && type.scalar === shape.type;
    case "list":
      return type.kind === "list";
    default:
      return type.kind === "map";
  }
}

function shapeOfType(type: CelType): Shape {
  return type.kind === "scalar" && type.scalar !== "dyn" ? { kind: "scalar", type: type.scalar } : ANY;
}

function isSame(one: Shape, other: Shape): boolean {
  return one.kind === "scalar" && other.kind === "scalar" && one.type === other.type;
}

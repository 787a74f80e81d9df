export * from "./condition.ts";
export * from "./errors.ts";
export { explain } from "./explain.ts";
export { ANY, BOOL, DOUBLE, INT, type Shape, STRING } from "./shape.ts";

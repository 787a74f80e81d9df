export type { ProgramContext } from "./command.ts";
export { EXIT } from "./exit-code.ts";
export { createProgram } from "./program.ts";
export { reportError } from "./report-error.ts";
export { runProgram } from "./run-program.ts";
export { type OutputStream, paint, type Terminal } from "./terminal.ts";

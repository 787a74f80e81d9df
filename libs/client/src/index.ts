export * from "./admission.ts";
export * from "./client-error.ts";
export * from "./connection.ts";
export * from "./progress.ts";
export * from "./pull.ts";
export * from "./push.ts";
export * from "./reference.ts";

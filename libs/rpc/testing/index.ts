export * from "./echo_pb.js";
export * from "./echo-handlers.ts";
export * from "./refusing-handlers.ts";
export * from "./test-authority.ts";

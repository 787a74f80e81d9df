export * from "./event-record.ts";

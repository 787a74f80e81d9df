import type { JsonObject } from "@bufbuild/protobuf";

/** With its outputs and its events a run must fit into one message of 4 MiB. */
const MAX_INPUT_BYTES = 1024 * 1024;
const MAX_FIELD_BYTES = 64 * 1024;

/** An event's payload as a run's input; of one over 1 MiB the top-level fields over 64 KiB are left out. */
export function inputOf(payload: JsonObject | undefined): JsonObject | undefined {
  if (payload === undefined || sizeOf(payload) <= MAX_INPUT_BYTES) return payload;
  return Object.fromEntries(Object.entries(payload).filter(([, value]) => sizeOf(value) <= MAX_FIELD_BYTES));
}

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

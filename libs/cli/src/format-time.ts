import { type Timestamp, timestampDate } from "@bufbuild/protobuf/wkt";

/** `2026-11-22 08:15:03Z`; empty for none. */
export function formatTime(time: Timestamp | undefined): string {
  return time === undefined ? "" : timestampDate(time).toISOString().replace("T", " ").replace(/\.\d+/, "");
}

import { createHash } from "node:crypto";

/**
 * The uid of the run that an event starts in a workflow: always the same one, so that an event that comes twice starts
 * one run. A UUID version 7 with the milliseconds of the event's own (RFC 9562 §5.7); all of its random bits are those of
 * the SHA-256 of both ids.
 */
export function runUidOf(eventId: string, workflowUid: string): string {
  const hash = createHash("sha256").update(`${eventId}/${workflowUid}`).digest();
  const bytes = Buffer.concat([Buffer.from(eventId.replaceAll("-", "").slice(0, 12), "hex"), hash.subarray(0, 10)]);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

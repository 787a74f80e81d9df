import type { Cursor } from "../bytes/cursor.ts";
import { WireFault, type WireField, WireReader } from "./wire-reader.ts";

/** Which fields a message may have on its top level, by number. */
export interface FieldNumbers {
  readonly varint: readonly number[];
  readonly bytes: readonly number[];
}

/**
 * The numbers of the fields on the top level of the content; undefined when it has others than `allowed`, or is no
 * protobuf message. Protobuf has no magic number, so this is how a message is recognised.
 */
export async function topLevelFields(cursor: Cursor, allowed: FieldNumbers): Promise<ReadonlySet<number> | undefined> {
  const seen = new Set<number>();
  try {
    await new WireReader(cursor).each(undefined, ({ kind, number }: WireField) => {
      if (kind === "fixed" || !allowed[kind].includes(number)) throw new WireFault("no such field", cursor.position);
      seen.add(number);
    });
  } catch (error) {
    if (error instanceof WireFault) return undefined;
    throw error;
  }
  return seen;
}

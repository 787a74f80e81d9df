import { Cursor } from "./cursor.ts";

/** A cursor over the next `sizeBytes` of another one, which must not be used meanwhile; closing it closes the other. */
export function partOf(outer: Cursor, sizeBytes: number): Cursor {
  let left = sizeBytes;
  return new Cursor({
    async pull() {
      if (left === 0 || !(await outer.fill(1))) return undefined;
      const piece = (await outer.take(Math.min(left, outer.buffered))) as Uint8Array;
      left -= piece.length;
      return piece;
    },
    async skip(lengthBytes) {
      const start = outer.position;
      await outer.skip(Math.min(lengthBytes, left));
      const passed = outer.position - start;
      left -= passed;
      return passed;
    },
    close: () => outer.close(),
  });
}

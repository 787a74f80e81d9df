import { Cursor } from "./cursor.ts";
import type { Source } from "./source.ts";

const FIRST_PIECE_BYTES = 16 * 1024;
const LARGEST_PIECE_BYTES = 1024 * 1024;

/**
 * A cursor over a source. Skipping costs no reading. Pieces grow while reading goes straight on and start small
 * again after a skip, so that headers cost little and long runs are quick.
 */
export function cursorOver(source: Source): Cursor {
  let offset = 0;
  let pieceBytes = FIRST_PIECE_BYTES;
  return new Cursor({
    async pull() {
      const length = Math.min(pieceBytes, source.sizeBytes - offset);
      if (length <= 0) return undefined;
      const piece = await source.read(offset, length);
      offset += length;
      pieceBytes = Math.min(pieceBytes * 2, LARGEST_PIECE_BYTES);
      return piece;
    },
    async skip(lengthBytes) {
      const passed = Math.min(lengthBytes, source.sizeBytes - offset);
      offset += passed;
      pieceBytes = FIRST_PIECE_BYTES;
      return passed;
    },
  });
}

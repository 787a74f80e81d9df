import { sliceSource } from "../bytes/source.ts";
import type { Content } from "../content.ts";

/** The rest of a content from `start` on as a content of its own. Offsets of findings still count from its start. */
export function contentFrom(content: Content, start: number): Content {
  const { source, sizeBytes } = content;
  const rest = sizeBytes === undefined ? undefined : Math.max(0, sizeBytes - start);
  return {
    ...content,
    sizeBytes: rest,
    source: source === undefined ? undefined : sliceSource(source, start, Math.max(0, source.sizeBytes - start)),
    async open() {
      const cursor = await content.open();
      await cursor.skip(start);
      return cursor;
    },
  };
}

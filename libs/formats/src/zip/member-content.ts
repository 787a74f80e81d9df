import { inflate } from "../bytes/inflate.ts";
import { type Source, sliceSource } from "../bytes/source.ts";
import { cursorOver } from "../bytes/source-feed.ts";
import type { Content } from "../content.ts";
import type { Inspection } from "../inspection.ts";
import type { ZipEntry } from "./central-directory.ts";

export const STORED = 0;
export const DEFLATED = 8;

/** A stored or deflated member of the zip `outer`, whose bytes start at `dataOffset` of `source`. */
export function memberContent(
  inspection: Inspection,
  outer: Content,
  source: Source,
  entry: ZipEntry,
  dataOffset: number,
): Content {
  const compressed = sliceSource(source, dataOffset, entry.compressedBytes);
  const common = {
    path: `${outer.path}!${entry.name}`,
    name: entry.name.slice(entry.name.lastIndexOf("/") + 1),
    depth: outer.depth + 1,
    setting: outer.setting,
  };
  if (entry.method === STORED) {
    return {
      ...common,
      sizeBytes: entry.compressedBytes,
      source: compressed,
      open: async () => cursorOver(compressed),
    };
  }
  return {
    ...common,
    sizeBytes: entry.sizeBytes,
    source: undefined,
    open: async () => inflate(cursorOver(compressed), "deflate", inspection.budget).cursor,
  };
}

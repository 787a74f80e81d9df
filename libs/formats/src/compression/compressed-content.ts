import { type Compression, inflate } from "../bytes/inflate.ts";
import type { Content } from "../content.ts";
import type { Inspection } from "../inspection.ts";

/** What a zlib or gzip stream holds, under the name without the ending of the compression. */
export function compressedContent(inspection: Inspection, outer: Content, compression: Compression): Content {
  const name = outer.name.replace(/\.(?:gz|gzip|z|zlib)$/i, "").replace(/\.tgz$/i, ".tar");
  return {
    path: `${outer.path}!${name}`,
    name,
    depth: outer.depth + 1,
    setting: outer.setting,
    sizeBytes: undefined,
    source: undefined,
    open: async () => inflate(await outer.open(), compression, inspection.budget).cursor,
  };
}

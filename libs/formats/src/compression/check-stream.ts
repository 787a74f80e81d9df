import { type Compression, inflate } from "../bytes/inflate.ts";
import type { Content } from "../content.ts";
import type { Inspection } from "../inspection.ts";

/** Decompresses a stream to its end, and reports bytes behind it. Throws a Refusal when it is damaged or a bomb. */
export async function checkStream(inspection: Inspection, content: Content, compression: Compression): Promise<void> {
  const { cursor, consumedBytes } = inflate(await content.open(), compression, inspection.budget);
  try {
    while (await cursor.fill(1)) cursor.index = cursor.window.length;
    const rest = content.sizeBytes === undefined ? 0 : content.sizeBytes - consumedBytes();
    if (rest > 0) {
      const what = `${rest} bytes follow behind the compressed data`;
      inspection.report("compression.trailing", content.path, what, consumedBytes());
    }
  } finally {
    cursor.close();
  }
}

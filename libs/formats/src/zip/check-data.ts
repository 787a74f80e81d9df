import { crc32 } from "node:zlib";
import type { Content } from "../content.ts";
import type { Inspection } from "../inspection.ts";
import type { ZipEntry } from "./central-directory.ts";

/** Decompresses a member to its end and compares size and checksum with what the directory declares. */
export async function checkData(inspection: Inspection, member: Content, entry: ZipEntry): Promise<void> {
  const cursor = await member.open();
  let sum = 0;
  try {
    while (await cursor.fill(1)) {
      sum = crc32((await cursor.take(cursor.buffered)) as Uint8Array, sum);
    }
    if (cursor.position !== entry.sizeBytes) {
      const what = `the member has ${cursor.position} bytes, but ${entry.sizeBytes} are declared`;
      inspection.report("zip.headers", member.path, what);
    } else if (sum !== entry.crc32) {
      inspection.report("zip.checksum", member.path, "the member's checksum is wrong");
    }
  } finally {
    cursor.close();
  }
}

import type { Cursor } from "../bytes/cursor.ts";
import type { Content } from "../content.ts";
import type { Inspection } from "../inspection.ts";
import { LAMBDA_WINDOW_BYTES, lambdaIndex } from "../keras/lambda.ts";
import { Refusal } from "../refusal.ts";

/** Where the end-of-file address stands for 8-byte addresses, by version of the superblock (HDF5 format, II.A). */
const endAddressOffsets = [40, 44, 28, 28];
const SUPERBLOCK_BYTES = 64;
const PIECE_BYTES = 1024 * 1024;

/** Checks the superblock of an HDF5 file, and searches it for the config of a Keras model with a Lambda layer. */
export async function inspectHdf5(inspection: Inspection, content: Content): Promise<void> {
  const cursor = await content.open();
  try {
    await cursor.fill(SUPERBLOCK_BYTES);
    checkSuperblock(cursor, content.sizeBytes);
    if (!inspection.headersOnly) await searchLambda(inspection, content, cursor);
  } finally {
    cursor.close();
  }
}

function checkSuperblock(cursor: Cursor, sizeBytes: number | undefined): void {
  const head = Buffer.from(cursor.window.subarray(cursor.index, cursor.index + SUPERBLOCK_BYTES));
  const version = head[8] ?? 255;
  const at = endAddressOffsets[version];
  if (at === undefined || head.length < at + 8) throw malformed("its superblock is cut off or of an unknown version");
  const addressBytes = head[version < 2 ? 13 : 9];
  if (addressBytes !== 8) return;
  const end = Number(head.readBigUInt64LE(at));
  if (sizeBytes !== undefined && end > sizeBytes) throw malformed(`it should have ${end} bytes, but has ${sizeBytes}`);
}

async function searchLambda(inspection: Inspection, content: Content, cursor: Cursor): Promise<void> {
  for (;;) {
    const more = await cursor.fill(LAMBDA_WINDOW_BYTES + 1);
    const { window, index } = cursor;
    const length = Math.min(cursor.buffered, PIECE_BYTES);
    const at = lambdaIndex(Buffer.from(window.buffer, window.byteOffset + index, length).toString("latin1"));
    if (at >= 0) inspection.report("keras.lambda", content.path, "the model has a Lambda layer", cursor.position + at);
    if (at >= 0 || !more) return;
    // A match may lie across two pieces.
    cursor.index += length - LAMBDA_WINDOW_BYTES;
  }
}

function malformed(what: string): Refusal {
  return new Refusal("hdf5.malformed", `the file is damaged: ${what}`, 0);
}

import type { Cursor } from "../bytes/cursor.ts";
import { inflate } from "../bytes/inflate.ts";
import type { Content } from "../content.ts";
import type { Format } from "../format.ts";
import type { Inspection } from "../inspection.ts";
import { looksLikeOnnx } from "../onnx/looks-like-onnx.ts";
import { inspectPickle } from "../pickle/inspect-pickle.ts";
import { claimsFormat, claimsPickle } from "../recognition/claims.ts";
import { HEAD_BYTES, magicFormat, mayBeZlib } from "../recognition/magic.ts";
import { textFormat } from "../recognition/plain-text.ts";
import { Refusal } from "../refusal.ts";
import { looksLikeSavedModel } from "../tensorflow/inspect-saved-model.ts";

/** Decompressing so much without a fault confirms a zlib header. */
const CONFIRMING_BYTES = 64 * 1024;

/** Tells what a content is from its bytes. The name decides only where the bytes leave a doubt. */
export async function recognise(inspection: Inspection, content: Content): Promise<Format> {
  const { head, whole } = await readHead(content);
  if (head.length === 0) return "empty";
  if (claimsFormat(content.name, "safetensors") && magicFormat(head) === undefined) return "safetensors";
  const magic = magicFormat(head);
  if (magic !== undefined) return magic;
  if (mayBeZlib(head) && (await decompresses(inspection, content))) return "zlib";
  if (claimsPickle(content.name)) return "pickle";
  if (claimsFormat(content.name, "onnx")) return "onnx";
  if (await looksLike(content, looksLikeSavedModel)) return "tensorflow-saved-model";
  if (await looksLike(content, looksLikeOnnx)) return "onnx";
  if ((await inspectPickle(silent(inspection), content, {}, false)) !== undefined) return "pickle";
  return textFormat(head, whole, content.name) ?? "unknown";
}

async function readHead(content: Content): Promise<{ head: Buffer; whole: boolean }> {
  const cursor = await content.open();
  try {
    const more = await cursor.fill(HEAD_BYTES + 1);
    const head = Buffer.from(cursor.window.subarray(cursor.index, cursor.index + HEAD_BYTES));
    return { head, whole: !more };
  } finally {
    cursor.close();
  }
}

async function looksLike(content: Content, test: (cursor: Cursor) => Promise<boolean>): Promise<boolean> {
  const cursor = await content.open();
  try {
    return await test(cursor);
  } finally {
    cursor.close();
  }
}

async function decompresses(inspection: Inspection, content: Content): Promise<boolean> {
  const { cursor } = inflate(await content.open(), "zlib", inspection.budget);
  try {
    await cursor.fill(CONFIRMING_BYTES);
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.ruleId === "compression.corrupt") return false;
    throw error;
  } finally {
    cursor.close();
  }
}

/** The same inspection without a voice: for trying whether a content is a pickle. */
function silent(inspection: Inspection): Inspection {
  return { ...inspection, report: () => {} };
}

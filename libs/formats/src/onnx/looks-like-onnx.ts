import type { Cursor } from "../bytes/cursor.ts";
import { topLevelFields } from "../protobuf/top-level-fields.ts";

/** Fields of ModelProto (onnx/onnx.proto3). */
const modelFields = { varint: [1, 5], bytes: [2, 3, 4, 6, 7, 8, 14, 20, 25, 26] };
const IR_VERSION = 1;
const GRAPH = 7;
const OPSET_IMPORT = 8;

/** True when the whole content is a sequence of ModelProto's fields, a graph among them. */
export async function looksLikeOnnx(cursor: Cursor): Promise<boolean> {
  const seen = await topLevelFields(cursor, modelFields);
  return seen?.has(GRAPH) === true && (seen.has(IR_VERSION) || seen.has(OPSET_IMPORT));
}

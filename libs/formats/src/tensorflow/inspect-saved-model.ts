import type { Cursor } from "../bytes/cursor.ts";
import type { Content } from "../content.ts";
import type { Facts } from "../facts.ts";
import type { Inspection } from "../inspection.ts";
import { topLevelFields } from "../protobuf/top-level-fields.ts";
import { WireFault, type WireField, WireReader } from "../protobuf/wire-reader.ts";
import { Refusal } from "../refusal.ts";

/** Operations that reach files or run Python while the model runs (tensorflow/core/ops: io_ops.cc, script_ops.cc). */
const unsafeOperations: ReadonlySet<string> = new Set([
  "EagerPyFunc",
  "PyFunc",
  "PyFuncStateless",
  "ReadFile",
  "WriteFile",
]);

/** True when the whole content is a sequence of SavedModel's fields (tensorflow/core/protobuf/saved_model.proto). */
export async function looksLikeSavedModel(cursor: Cursor): Promise<boolean> {
  const seen = await topLevelFields(cursor, { varint: [1], bytes: [2] });
  return seen?.has(1) === true && seen.has(2);
}

/** Looks for unsafe operations in the graphs and functions of a SavedModel, and takes TensorFlow's version from it. */
export async function inspectSavedModel(inspection: Inspection, content: Content, facts: Facts): Promise<void> {
  facts.framework = "tensorflow";
  const cursor = await content.open();
  const reader = new WireReader(cursor);
  const found = new Map<string, number>();
  const node = (field: WireField): Promise<void> =>
    reader.each(field, {
      2: async (name) => {
        const operation = await reader.text(name);
        if (unsafeOperations.has(operation) && !found.has(operation)) found.set(operation, cursor.position);
      },
    });
  const library = (field: WireField): Promise<void> =>
    reader.each(field, { 1: (definition) => reader.each(definition, { 3: node }) });
  const version = async (field: WireField): Promise<void> => {
    facts.framework = `tensorflow ${await reader.text(field)}`.trim().slice(0, 200);
  };
  try {
    await reader.each(undefined, {
      2: (graph) =>
        reader.each(graph, {
          1: (info) => reader.each(info, { 5: version }),
          2: (definition) => (inspection.headersOnly ? undefined : reader.each(definition, { 1: node, 2: library })),
        }),
    });
  } catch (error) {
    if (!(error instanceof WireFault)) throw error;
    throw new Refusal("tensorflow.malformed", `the model is damaged: ${error.message}`, error.offset);
  } finally {
    cursor.close();
  }
  for (const [operation, offset] of found) {
    inspection.report("tensorflow.operator", content.path, `the model's graph has the operation ${operation}`, offset);
  }
}

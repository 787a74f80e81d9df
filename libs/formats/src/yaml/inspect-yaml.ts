import type { Content } from "../content.ts";
import type { Inspection } from "../inspection.ts";

/** Configurations stay far below this. */
const LONGEST_BYTES = 16 * 1024 * 1024;
/** Tags by which PyYAML's unsafe loaders call what is named (yaml/constructor.py), short and in full. */
const CALLS = /(?:!!|tag:yaml\.org,2002:)python\/(?:object\/(?:apply|new)|module|name)\b/;
const OBJECTS = /(?:!!|tag:yaml\.org,2002:)python\/object\b/;

/** Looks for tags with which a YAML file makes Python objects or calls Python functions. */
export async function inspectYaml(inspection: Inspection, content: Content): Promise<void> {
  const cursor = await content.open();
  try {
    await cursor.fill(LONGEST_BYTES);
    const { window, index } = cursor;
    const text = Buffer.from(window.subarray(index, index + LONGEST_BYTES)).toString("latin1");
    const call = text.search(CALLS);
    const object = text.search(OBJECTS);
    if (call >= 0) inspection.report("yaml.call", content.path, "the file names a function to call", call);
    else if (object >= 0) inspection.report("yaml.object", content.path, "the file names a class to create", object);
  } finally {
    cursor.close();
  }
}

import type { Content } from "../content.ts";
import type { Facts } from "../facts.ts";
import type { Inspection } from "../inspection.ts";
import { JsonFault } from "../json/json-walker.ts";
import { Refusal } from "../refusal.ts";
import { checkTensors } from "./check-tensors.ts";
import { parseHeader, type SafetensorsHeader } from "./header.ts";

const LENGTH_BYTES = 8;

/** Checks the header of a safetensors file against the file, and takes parameters, framework and licence from it. */
export async function inspectSafetensors(inspection: Inspection, content: Content, facts: Facts): Promise<void> {
  const { text, dataBytes } = await readHeader(inspection, content);
  const header = parsed(text);
  facts.parameterCount = checkTensors(header.tensors, dataBytes, (ruleId, what, offset) =>
    inspection.report(ruleId, content.path, what, LENGTH_BYTES + offset),
  );
  tell(facts, header.metadata);
}

async function readHeader(inspection: Inspection, content: Content): Promise<{ text: string; dataBytes: number }> {
  const limit = inspection.limits.safetensorsHeaderBytes;
  const cursor = await content.open();
  try {
    const length = await cursor.take(LENGTH_BYTES);
    if (length === undefined) throw new Refusal("safetensors.header", "the file is shorter than its first field", 0);
    const headerBytes = Number(Buffer.from(length).readBigUInt64LE());
    if (headerBytes > limit) {
      const what = `the file declares a header of ${headerBytes} bytes; at most ${limit} are read`;
      throw new Refusal("safetensors.header-size", what, 0);
    }
    const bytes = await cursor.take(headerBytes);
    if (bytes === undefined) {
      throw new Refusal("safetensors.header", `the file ends inside its header of ${headerBytes} bytes`, 0);
    }
    const text = decoded(bytes);
    return { text, dataBytes: await restOf(content, cursor, LENGTH_BYTES + headerBytes) };
  } finally {
    cursor.close();
  }
}

/** Bytes behind the header; a member of a compressed container has to be read for that. */
async function restOf(
  content: Content,
  cursor: { skip(length: number): Promise<boolean>; position: number },
  start: number,
): Promise<number> {
  if (content.sizeBytes === undefined) await cursor.skip(Number.MAX_SAFE_INTEGER);
  return (content.sizeBytes ?? cursor.position) - start;
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refusal("safetensors.header", "the header is not UTF-8", LENGTH_BYTES);
  }
}

function parsed(text: string): SafetensorsHeader {
  try {
    return parseHeader(text);
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    const rule = error.message.endsWith("occurs twice") ? "safetensors.duplicate" : "safetensors.header";
    throw new Refusal(rule, `the header is damaged: ${error.message}`, LENGTH_BYTES + error.offset);
  }
}

const frameworks: Readonly<Record<string, string>> = {
  pt: "pytorch",
  tf: "tensorflow",
  flax: "flax",
  np: "numpy",
  mlx: "mlx",
};

function tell(facts: Facts, metadata: ReadonlyMap<string, string>): void {
  const format = metadata.get("format");
  if (format !== undefined) facts.framework = frameworks[format] ?? format.slice(0, 100);
  const licence = metadata.get("license") ?? metadata.get("licence");
  if (licence !== undefined) facts.licence = licence.slice(0, 200);
}

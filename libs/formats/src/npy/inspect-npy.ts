import type { Content } from "../content.ts";
import type { Facts } from "../facts.ts";
import type { Inspection } from "../inspection.ts";
import { inspectPickle } from "../pickle/inspect-pickle.ts";
import { Refusal } from "../refusal.ts";
import { contentFrom } from "../walk/content-from.ts";

/** Magic (6 bytes) and version (2 bytes); numpy/lib/_format_impl.py. */
const PREFIX_BYTES = 8;
/** numpy itself refuses to parse headers above 10,000 bytes unless told to trust the file. */
const LONGEST_HEADER_BYTES = 64 * 1024;

/** Checks the header of a .npy file against its size; an array of Python objects is a pickle and inspected as one. */
export async function inspectNpy(inspection: Inspection, content: Content, facts: Facts): Promise<void> {
  const cursor = await content.open();
  let header: string;
  let dataStart: number;
  try {
    const prefix = await cursor.take(PREFIX_BYTES);
    const lengthBytes = (prefix?.[6] ?? 0) === 1 ? 2 : 4;
    const length = await cursor.take(lengthBytes);
    const headerBytes = length === undefined ? 0 : Buffer.from(length).readUIntLE(0, lengthBytes);
    const bytes = headerBytes <= LONGEST_HEADER_BYTES ? await cursor.take(headerBytes) : undefined;
    if (bytes === undefined) throw malformed("its header is cut off or too long");
    header = Buffer.from(bytes).toString("latin1");
    dataStart = cursor.position;
  } finally {
    cursor.close();
  }
  const { dtype, elements } = parseHeader(header);
  if (/^'[<>=|]?O/.test(dtype) || /'[<>=|]?O\d*'/.test(dtype)) {
    await inspectPickle(inspection, contentFrom(content, dataStart), facts, true);
    return;
  }
  facts.parameterCount = elements;
  const size = /^'[<>=|]?[a-zA-Z?](\d+)'$/.exec(dtype)?.[1];
  if (size === undefined || content.sizeBytes === undefined) return;
  const wanted = dataStart + elements * Number(size) * (/^'[<>=|]?U/.test(dtype) ? 4 : 1);
  if (wanted !== content.sizeBytes) throw malformed(`${wanted} bytes are declared, but it has ${content.sizeBytes}`);
}

function parseHeader(header: string): { dtype: string; elements: number } {
  const dtype = /'descr'\s*:\s*('[^']*'|\[.*?\])\s*,\s*'fortran_order'/s.exec(header)?.[1];
  const shape = /'shape'\s*:\s*\(([\d,\sL]*)\)/.exec(header)?.[1];
  if (dtype === undefined || shape === undefined) throw malformed("its header does not name a type and a shape");
  const sizes = shape.match(/\d+/g) ?? [];
  return { dtype, elements: sizes.reduce((product, size) => product * Number(size), 1) };
}

function malformed(what: string): Refusal {
  return new Refusal("npy.malformed", `the array is damaged: ${what}`, 0);
}

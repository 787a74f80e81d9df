import type { Cursor } from "../bytes/cursor.ts";
import type { Content } from "../content.ts";
import type { Facts } from "../facts.ts";
import { Refusal } from "../refusal.ts";

/** Bytes of the metadata types 0 to 12 (github.com/ggml-org/ggml, docs/gguf.md); 0: a text (8) or an array (9). */
const valueBytes = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];
const STRING = 8;
const ARRAY = 9;
const MOST_ENTRIES = 1_000_000;
const MOST_DIMENSIONS = 4;
const LONGEST_KEPT_TEXT = 1024;

/** Walks the metadata and the tensor list of a GGUF file: structure, architecture, licence, parameters. */
export async function inspectGguf(content: Content, facts: Facts): Promise<void> {
  const cursor = await content.open();
  try {
    const reader = new GgufReader(cursor);
    await cursor.skip(4);
    const version = await reader.unsigned(4);
    if (version < 2 || version > 3) throw malformed(`version ${version} is not known`, 4);
    const tensorCount = await reader.count();
    const entryCount = await reader.count();
    facts.framework = "gguf";
    for (let entry = 0; entry < entryCount; entry++) {
      const key = await reader.text();
      const value = await reader.value(await reader.unsigned(4));
      if (key === "general.architecture" && value !== undefined) facts.framework = `gguf ${value}`.slice(0, 200);
      if (key === "general.license" && value !== undefined) facts.licence = value.slice(0, 200);
    }
    let parameters = 0;
    for (let tensor = 0; tensor < tensorCount; tensor++) parameters += await reader.tensor();
    facts.parameterCount = parameters;
  } finally {
    cursor.close();
  }
}

class GgufReader {
  readonly #cursor: Cursor;

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  async unsigned(sizeBytes: 4 | 8): Promise<number> {
    const bytes = await this.#cursor.take(sizeBytes);
    if (bytes === undefined) throw this.#cutOff();
    const buffer = Buffer.from(bytes);
    return sizeBytes === 4 ? buffer.readUInt32LE() : Number(buffer.readBigUInt64LE());
  }

  async count(): Promise<number> {
    const count = await this.unsigned(8);
    if (count > MOST_ENTRIES) throw malformed(`it declares ${count} entries`, this.#cursor.position);
    return count;
  }

  /** A text; only the start of a long one is kept. */
  async text(): Promise<string> {
    const length = await this.unsigned(8);
    const kept = Math.min(length, LONGEST_KEPT_TEXT);
    const bytes = await this.#cursor.take(kept);
    const text = bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8");
    if (text === undefined || !(await this.#cursor.skip(length - kept))) throw this.#cutOff();
    return text;
  }

  /** Passes over a value; the text when it is one. */
  async value(type: number): Promise<string | undefined> {
    if (type === STRING) return this.text();
    if (type !== ARRAY) {
      await this.#pass(type, 1);
      return undefined;
    }
    const elementType = await this.unsigned(4);
    const count = await this.unsigned(8);
    if (elementType !== STRING) await this.#pass(elementType, count);
    else for (let element = 0; element < count; element++) await this.text();
    return undefined;
  }

  /** Passes over the entry of a tensor; the number of its elements. */
  async tensor(): Promise<number> {
    await this.text();
    const dimensions = await this.unsigned(4);
    if (dimensions > MOST_DIMENSIONS) throw malformed(`a tensor has ${dimensions} dimensions`, this.#cursor.position);
    let elements = 1;
    for (let dimension = 0; dimension < dimensions; dimension++) elements *= await this.unsigned(8);
    if (!Number.isSafeInteger(elements)) throw malformed("a tensor has an impossible size", this.#cursor.position);
    if (!(await this.#cursor.skip(4 + 8))) throw this.#cutOff();
    return elements;
  }

  async #pass(type: number, count: number): Promise<void> {
    const sizeBytes = valueBytes[type] ?? 0;
    if (sizeBytes === 0) throw malformed(`${type} is no type of a value`, this.#cursor.position);
    if (!(await this.#cursor.skip(sizeBytes * count))) throw this.#cutOff();
  }

  #cutOff(): Refusal {
    return malformed("it ends inside its header", this.#cursor.position);
  }
}

function malformed(what: string, offset: number): Refusal {
  return new Refusal("gguf.malformed", `the model is damaged: ${what}`, offset);
}

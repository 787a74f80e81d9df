import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const EXAMPLES = new URL("../../examples/", import.meta.url);

/** Bytes of a fixed row that looks random, so that they are cut into several chunks and never repeat. */
function noise(sizeBytes: number, word: string): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  for (let offset = 0; offset < sizeBytes; offset += 32) {
    createHash("sha256").update(`${word} ${offset}`).digest().copy(bytes, offset);
  }
  return bytes;
}

function safetensors(header: object, dataBytes: number): Buffer {
  const text = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([size, text, Buffer.alloc(dataBytes)]);
}

const tensor = { dtype: "F32", shape: [2, 2], data_offsets: [0, 16] };

/** What files of uploads consist of: models of several formats, harmful and broken ones, text, nothing, several chunks. */
const BYTES: Readonly<Record<string, Buffer>> = {
  empty: Buffer.alloc(0),
  text: Buffer.from("A model. 一个模型。\n"),
  onnx: readFileSync(new URL("iris/model.onnx", EXAMPLES)),
  "onnx, float64": readFileSync(new URL("iris-float64/model.onnx", EXAMPLES)),
  safetensors: safetensors({ __metadata__: { format: "pt" }, weight: tensor }, 16),
  "broken safetensors": safetensors({ weight: { ...tensor, data_offsets: [0, 4096] } }, 16),
  "harmful pickle": Buffer.from("cos\nsystem\n(S'echo harm'\ntR."),
  "harmless pickle": Buffer.from([0x80, 0x02, 0x5d, 0x71, 0x00, 0x2e]),
  card: Buffer.from("---\nlicense: apache-2.0\n---\n# 卡片\n"),
  "several chunks": noise(3 * 1024 * 1024 + 17, "several"),
  "several chunks, other end": Buffer.concat([noise(3 * 1024 * 1024, "several"), Buffer.from("another end")]),
};

export interface Content {
  bytes: Buffer;
  sha256: string;
}

export const CONTENTS: ReadonlyMap<string, Content> = new Map(
  Object.entries(BYTES).map(([name, bytes]) => [
    name,
    { bytes, sha256: createHash("sha256").update(bytes).digest("hex") },
  ]),
);

/** @throws Error for a name of none */
export function contentNamed(name: string): Content {
  const content = CONTENTS.get(name);
  if (content === undefined) throw new Error(`there is no content ${name}`);
  return content;
}

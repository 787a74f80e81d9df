import { expect } from "chai";
import { inspectBytes } from "../testing/inspect-bytes.ts";
import { safetensors } from "../testing/safetensors-bytes.ts";

const tensor = (dtype: string, shape: number[], begin: number, end: number): object => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe("safetensors", () => {
  it("tells parameters, framework and licence", async () => {
    const header = {
      __metadata__: { format: "pt", license: "apache-2.0" },
      b: tensor("I64", [2], 24, 40),
      a: tensor("F32", [2, 3], 0, 24),
      none: tensor("F16", [0, 7], 40, 40),
      one: tensor("BF16", [], 40, 42),
    };
    const { verdict, facts } = await inspectBytes("model.safetensors", safetensors(header, Buffer.alloc(42)));
    expect(verdict).to.equal("SAFE");
    expect(facts).to.deep.include({
      format: "safetensors",
      parameterCount: 9,
      framework: "pytorch",
      licence: "apache-2.0",
    });
  });

  it("is recognised without its name", async () => {
    const bytes = safetensors({ a: tensor("U8", [1], 0, 1) }, Buffer.alloc(1));
    expect((await inspectBytes("weights", bytes)).facts.format).to.equal("safetensors");
  });

  const cases: [string, Buffer, string[]][] = [
    ["a header of 10 GB is declared", declaring(10n ** 10n), ["safetensors.header-size"]],
    ["a header longer than the file", declaring(1000n), ["safetensors.header"]],
    ["an empty header", safetensors(""), ["safetensors.header"]],
    ["no JSON", safetensors('{"a"'), ["safetensors.header"]],
    ["more behind the JSON", safetensors("{}x"), ["safetensors.header"]],
    [
      "a duplicate tensor",
      safetensors(`{"a":${one(0, 1)},"a":${one(0, 1)}}`, Buffer.alloc(1)),
      ["safetensors.duplicate"],
    ],
    [
      "a duplicate under an escape",
      safetensors(`{"a":${one(0, 1)},"\\u0061":${one(0, 1)}}`, Buffer.alloc(1)),
      ["safetensors.duplicate"],
    ],
    [
      "a duplicate member of a tensor",
      safetensors('{"a":{"dtype":"U8","dtype":"F64","shape":[1],"data_offsets":[0,1]}}', Buffer.alloc(1)),
      ["safetensors.duplicate"],
    ],
    ["an overlap", safetensors(`{"a":${one(0, 1)},"b":${one(0, 1)}}`, Buffer.alloc(1)), ["safetensors.offsets"]],
    ["a hole", safetensors(`{"a":${one(1, 2)}}`, Buffer.alloc(2)), ["safetensors.hole"]],
    ["a rest", safetensors(`{"a":${one(0, 1)}}`, Buffer.alloc(2)), ["safetensors.hole"]],
    ["an end behind the file", safetensors(`{"a":${one(0, 1)}}`), ["safetensors.offsets"]],
    [
      "a size that does not fit",
      safetensors({ a: tensor("F32", [1], 0, 1) }, Buffer.alloc(1)),
      ["safetensors.offsets"],
    ],
    ["negative offsets", safetensors({ a: tensor("U8", [1], -1, 0) }), ["safetensors.header"]],
    ["a shape that overflows", safetensors({ a: tensor("U8", [2 ** 53, 2 ** 53], 0, 0) }), ["safetensors.header"]],
    ["an unknown type", safetensors({ a: tensor("Q9", [1], 0, 1) }, Buffer.alloc(1)), ["safetensors.dtype"]],
    ["no offsets", safetensors({ a: { dtype: "U8", shape: [] } }), ["safetensors.header"]],
    ["invalid UTF-8", badUtf8(), ["safetensors.header"]],
    ["a deep value", safetensors(`{"a":{"x":${"[".repeat(1000)}`), ["safetensors.header"]],
  ];
  for (const [name, bytes, rules] of cases) {
    it(`refuses ${name}`, async () => {
      expect((await inspectBytes("model.safetensors", bytes)).rules).to.deep.equal(rules);
    });
  }

  it("rejects what would make a loader allocate or read outside", async () => {
    expect((await inspectBytes("m.safetensors", declaring(10n ** 10n))).verdict).to.equal("DANGEROUS");
    expect((await inspectBytes("renamed.bin", declaring(10n ** 10n))).verdict).to.equal("DANGEROUS");
  });

  it("honours a smaller limit of the header", async () => {
    const bytes = safetensors({ a: tensor("U8", [1], 0, 1) }, Buffer.alloc(1));
    const { rules } = await inspectBytes("m.safetensors", bytes, { limits: { safetensorsHeaderBytes: 10 } });
    expect(rules).to.deep.equal(["safetensors.header-size"]);
  });
});

function one(begin: number, end: number): string {
  return JSON.stringify(tensor("U8", [1], begin, end));
}

function declaring(headerBytes: bigint): Buffer {
  const bytes = Buffer.from('\0\0\0\0\0\0\0\0{"a":{}}');
  bytes.writeBigUInt64LE(headerBytes);
  return bytes;
}

function badUtf8(): Buffer {
  const bytes = safetensors('{"a":1}');
  bytes[10] = 0xff;
  return bytes;
}

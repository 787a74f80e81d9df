import { expect } from "chai";
import { inspectBytes } from "../testing/inspect-bytes.ts";

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const uint64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};
const string = (value: string): Buffer => Buffer.concat([uint64(value.length), Buffer.from(value)]);
const STRING = 8;
const ARRAY = 9;

function gguf(entries: readonly Buffer[], tensors: readonly Buffer[], version = 3): Buffer {
  const counts = [uint64(tensors.length), uint64(entries.length)];
  return Buffer.concat([Buffer.from("GGUF"), uint32(version), ...counts, ...entries, ...tensors]);
}

describe("GGUF", () => {
  const entries = [
    Buffer.concat([string("general.architecture"), uint32(STRING), string("llama")]),
    Buffer.concat([string("general.license"), uint32(STRING), string("mit")]),
    Buffer.concat([string("tokens"), uint32(ARRAY), uint32(STRING), uint64(2), string("a"), string("b")]),
    Buffer.concat([string("scores"), uint32(ARRAY), uint32(6), uint64(3), Buffer.alloc(12)]),
    Buffer.concat([string("flag"), uint32(7), Buffer.alloc(1)]),
  ];
  const tensor = Buffer.concat([string("w"), uint32(2), uint64(4), uint64(3), uint32(0), uint64(0)]);

  it("tells architecture, licence and parameters", async () => {
    const { verdict, facts } = await inspectBytes("m.gguf", gguf(entries, [tensor, tensor]));
    expect(verdict).to.equal("SAFE");
    expect(facts).to.deep.include({ format: "gguf", framework: "gguf llama", licence: "mit", parameterCount: 24 });
  });

  it("reports damage", async () => {
    const whole = gguf(entries, [tensor]);
    const damaged = [
      whole.subarray(0, 60),
      whole.subarray(0, -1),
      gguf(entries, [tensor], 9),
      gguf([Buffer.concat([string("x"), uint32(77)])], []),
      Buffer.concat([Buffer.from("GGUF"), uint32(3), uint64(2 ** 50), uint64(0)]),
      gguf([Buffer.concat([string("x"), uint32(ARRAY), uint32(6), uint64(2 ** 50)])], []),
    ];
    for (const bytes of damaged) expect((await inspectBytes("m.gguf", bytes)).rules).to.deep.equal(["gguf.malformed"]);
  });
});

import { deflateSync, gzipSync } from "node:zlib";
import { expect } from "chai";
import fc from "fast-check";
import { inspectBytes } from "./testing/inspect-bytes.ts";
import { smallModel } from "./testing/onnx-bytes.ts";
import { arrayWrapper, attack, dtype, op, pickle, text } from "./testing/pickle-bytes.ts";
import { safetensors } from "./testing/safetensors-bytes.ts";
import { tar } from "./testing/tar-bytes.ts";
import { zip } from "./testing/zip-bytes.ts";

const limits = {
  readBytes: 10_000_000,
  inflatedBytes: 10_000_000,
  pickleOpcodes: 100_000,
  pickleObjects: 100_000,
  archiveEntries: 100,
  spoolBytes: 1_000_000,
};

const joblib = Buffer.concat([
  op("PROTO", 4),
  arrayWrapper([2, 3], dtype("f8"), 16),
  Buffer.from([1, 0xff]),
  Buffer.alloc(48, 7),
  op("STOP"),
]);
const tensors = safetensors({ a: { dtype: "F32", shape: [2], data_offsets: [0, 8] } }, Buffer.alloc(8));
const samples: readonly Buffer[] = [
  attack,
  joblib,
  pickle(4, text("os"), text("system"), op("STACK_GLOBAL"), op("EMPTY_TUPLE"), op("REDUCE")),
  tensors,
  smallModel,
  zip([
    { name: "archive/data.pkl", data: attack },
    { name: "b", data: smallModel, deflated: true },
  ]),
  tar([
    { name: "a", data: attack },
    { name: "l", type: "2", linkName: "x" },
  ]),
  deflateSync(joblib),
  gzipSync(tar([{ name: "a", data: tensors }])),
  Buffer.concat([
    Buffer.from("\x93NUMPY\x01\0", "latin1"),
    Buffer.from([54, 0]),
    Buffer.from("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}"),
    attack,
  ]),
  Buffer.concat([Buffer.from("GGUF\x03\0\0\0", "latin1"), Buffer.alloc(16), Buffer.alloc(40, 1)]),
  Buffer.concat([Buffer.from("\x89HDF\r\n\x1a\n", "latin1"), Buffer.alloc(100)]),
];
const names = [
  "m",
  "m.pkl",
  "m.joblib",
  "m.pt",
  "m.onnx",
  "m.safetensors",
  "m.npy",
  "m.zip",
  "m.h5",
  "m.json",
  "README.md",
];

const anyName = fc.constantFrom(...names);

/** A sample with bytes changed, cut out, or doubled. */
const mutated = fc
  .record({
    sample: fc.constantFrom(...samples),
    changes: fc.array(fc.record({ at: fc.double({ min: 0, max: 0.999, noNaN: true }), byte: fc.nat(255) }), {
      maxLength: 6,
    }),
    cut: fc.option(fc.record({ from: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.nat(40) })),
    tail: fc.option(fc.uint8Array({ maxLength: 40 })),
  })
  .map(({ sample, changes, cut, tail }) => {
    const bytes = Buffer.from(sample);
    for (const { at, byte } of changes) bytes[Math.floor(at * bytes.length)] = byte;
    const from = cut === null ? bytes.length : Math.floor(cut.from * bytes.length);
    const kept = [bytes.subarray(0, from), bytes.subarray(from + (cut?.length ?? 0)), Buffer.from(tail ?? [])];
    return Buffer.concat(kept);
  });

async function endsInAReport(name: string, bytes: Uint8Array): Promise<void> {
  for (const headersOnly of [false, true]) {
    const { findings } = await inspectBytes(name, bytes, { limits, headersOnly });
    for (const { offsetBytes = 0 } of findings) expect(offsetBytes).to.be.at.least(0);
  }
}

describe("hostile bytes", () => {
  it("random ones end in a report", async () => {
    await fc.assert(fc.asyncProperty(anyName, fc.uint8Array({ maxLength: 600 }), endsInAReport), { numRuns: 300 });
  });

  it("random ones behind a magic number end in a report", async () => {
    const headed = fc
      .tuple(fc.constantFrom(...samples), fc.nat(40), fc.uint8Array({ maxLength: 300 }))
      .map(([sample, kept, rest]) => Buffer.concat([sample.subarray(0, kept), rest]));
    await fc.assert(fc.asyncProperty(anyName, headed, endsInAReport), { numRuns: 500 });
  });

  it("changed files end in a report", async () => {
    await fc.assert(fc.asyncProperty(anyName, mutated, endsInAReport), { numRuns: 1000 });
  });

  it("a dangerous import stays dangerous whatever harmless instructions go before it", async () => {
    const harmless = fc.constantFrom(
      Buffer.concat([op("NONE"), op("POP")]),
      Buffer.concat([text("os"), op("MEMOIZE")]),
      Buffer.concat([op("MARK"), op("POP")]),
      Buffer.concat([op("EMPTY_DICT"), text("k"), op("NONE"), op("SETITEM")]),
      op("FRAME", Buffer.alloc(8)),
      op("NEWTRUE"),
      Buffer.concat([op("MARK"), op("NONE"), op("TUPLE")]),
    );
    const program = fc.tuple(fc.array(harmless, { maxLength: 30 }), fc.boolean());
    await fc.assert(
      fc.asyncProperty(program, async ([before, compressed]) => {
        const whole = pickle(
          4,
          ...before,
          text("os"),
          text("system"),
          op("STACK_GLOBAL"),
          text("x"),
          op("TUPLE1"),
          op("REDUCE"),
        );
        const bytes = compressed ? deflateSync(whole) : whole;
        expect((await inspectBytes("m.pkl", bytes)).verdict).to.equal("DANGEROUS");
      }),
      { numRuns: 50 },
    );
  });
});

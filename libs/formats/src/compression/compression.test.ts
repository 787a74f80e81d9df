import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { expect } from "chai";
import { inspectBytes } from "../testing/inspect-bytes.ts";
import { attack, callOf, op, pickle } from "../testing/pickle-bytes.ts";

describe("compressed files", () => {
  for (const [compression, compress] of [
    ["zlib", deflateSync],
    ["gzip", gzipSync],
  ] as const) {
    describe(compression, () => {
      it("are looked into", async () => {
        const { verdict, findings } = await inspectBytes("m.joblib", compress(attack));
        expect(verdict).to.equal("DANGEROUS");
        expect(findings[0]?.path).to.equal("m.joblib!m.joblib");
        const harmless = await inspectBytes("m.joblib", compress(pickle(4, op("NONE"))));
        expect([harmless.rules, harmless.facts.format]).to.deep.equal([[], "joblib"]);
      });

      it("are looked into behind a megabyte of harmless data", async () => {
        const long = pickle(2, Buffer.alloc(1_000_000, "N0"), callOf("os", "system", "x"));
        expect((await inspectBytes("m.pkl", compress(long))).rules).to.deep.equal(["pickle.import.denied"]);
      });

      it("are reported when they are cut or damaged", async () => {
        const whole = compress(pickle(2, Buffer.alloc(1_000_000, "N0N0"), op("NONE")));
        const cut = await inspectBytes("m.pkl", whole.subarray(0, -8));
        expect(cut.rules).to.include("compression.corrupt");
        expect(cut.verdict).to.equal("SUSPICIOUS");
      });

      it("are stopped when they are bombs", async () => {
        const limits = { inflationFloorBytes: 1_000_000, inflationRatio: 100 };
        const { rules } = await inspectBytes("m.joblib", compress(Buffer.alloc(20_000_000)), { limits });
        expect(rules).to.deep.equal(["compression.bomb"]);
      });

      it("are not read further than the bound", async () => {
        const { rules } = await inspectBytes("m.joblib", compress(Buffer.alloc(2_000_000)), {
          limits: { inflatedBytes: 1_000_000 },
        });
        expect(rules).to.deep.equal(["reader.inflation-limit"]);
      });

      it("count as containers of a depth", async () => {
        let bytes: Buffer = attack;
        for (let level = 0; level < 10; level++) bytes = compress(bytes);
        expect((await inspectBytes("m.pkl", bytes)).rules).to.deep.equal(["reader.depth"]);
      });
    });
  }

  it("may not carry data behind the stream", async () => {
    const bytes = Buffer.concat([deflateSync(pickle(2, op("NONE"))), attack]);
    expect((await inspectBytes("m.joblib", bytes)).rules).to.include("compression.trailing");
  });

  const opaque: Record<string, string> = {
    bzip2: "425a6839314159265359",
    xz: "fd377a585a000004",
    lzma: "5d00008000ffffffffffffffff00",
    lz4: "04224d186440a7",
    zstd: "28b52ffd2405",
  };
  for (const [format, hex] of Object.entries(opaque)) {
    it(`cannot be looked into: ${format}`, async () => {
      const { rules, facts } = await inspectBytes("m.joblib", Buffer.from(hex, "hex"));
      expect(rules).to.include("compression.opaque");
      expect(facts.format).to.equal(format);
    });
  }

  it("are not seen in data that only looks like zlib", async () => {
    const bytes = Buffer.concat([
      Buffer.from("789c", "hex"),
      brotliCompressSync(Buffer.from("anything")),
      Buffer.alloc(9, 0xff),
    ]);
    expect((await inspectBytes("weights.bin", bytes)).rules).to.deep.equal([]);
  });
});

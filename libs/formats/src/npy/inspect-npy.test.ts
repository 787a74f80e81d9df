import { expect } from "chai";
import { inspectBytes } from "../testing/inspect-bytes.ts";
import { attack, op, pickle } from "../testing/pickle-bytes.ts";
import { zip } from "../testing/zip-bytes.ts";

function npy(descr: string, shape: string, data: Uint8Array, version = 1): Buffer {
  const header = Buffer.from(`{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }\n`);
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  length.writeUIntLE(header.length, 0, length.length);
  return Buffer.concat([Buffer.from("\x93NUMPY", "latin1"), Buffer.from([version, 0]), length, header, data]);
}

describe("npy", () => {
  it("passes plain arrays and counts their numbers", async () => {
    const { verdict, facts } = await inspectBytes("a.npy", npy("'<f8'", "(2, 3)", Buffer.alloc(48)));
    expect([verdict, facts.format, facts.parameterCount]).to.deep.equal(["SAFE", "npy", 6]);
    const others = [
      npy("'<U3'", "(2,)", Buffer.alloc(24)),
      npy("'|b1'", "()", Buffer.alloc(1)),
      npy("[('a', '<i4'), ('b', '<f8')]", "(1,)", Buffer.alloc(12), 2),
    ];
    for (const bytes of others) expect((await inspectBytes("a.npy", bytes)).rules).to.deep.equal([]);
  });

  it("inspects arrays of objects as pickles", async () => {
    for (const descr of ["'|O'", "'O'", "[('a', '|O')]"]) {
      const { findings } = await inspectBytes("a.npy", npy(descr, "(1,)", attack));
      expect(findings[0], descr).to.deep.include({ ruleId: "pickle.import.denied" });
      expect((await inspectBytes("a.npy", npy(descr, "(1,)", pickle(2, op("NONE"))))).rules).to.deep.equal([]);
    }
    const inside = zip([{ name: "a.npy", data: npy("'|O'", "(1,)", attack), deflated: true }]);
    const { rules, facts } = await inspectBytes("a.npz", inside);
    expect([rules, facts.format]).to.deep.equal([["pickle.import.denied"], "npz"]);
  });

  it("adds the numbers of the arrays of one file", async () => {
    const member = (name: string): { name: string; data: Buffer } => ({
      name,
      data: npy("'<f8'", "(2, 3)", Buffer.alloc(48)),
    });
    const { facts } = await inspectBytes("a.npz", zip([member("a.npy"), member("b.npy")]));
    expect(facts.parameterCount).to.equal(12);
  });

  it("reports a header that does not fit", async () => {
    const damaged = [
      npy("'<f8'", "(2, 3)", Buffer.alloc(47)),
      npy("'<f8'", "(2, 3)", Buffer.alloc(49)),
      npy("'<f8'", "nothing", Buffer.alloc(48)),
      npy("'<f8'", "(2, 3)", Buffer.alloc(0)).subarray(0, 20),
    ];
    for (const bytes of damaged) expect((await inspectBytes("a.npy", bytes)).rules).to.deep.equal(["npy.malformed"]);
  });
});

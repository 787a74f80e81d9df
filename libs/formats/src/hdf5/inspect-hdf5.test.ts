import { expect } from "chai";
import { inspectBytes } from "../testing/inspect-bytes.ts";

function hdf5(version: 0 | 3, body: Buffer, declaredBytes?: number): Buffer {
  const head = Buffer.alloc(64);
  head.write("\x89HDF\r\n\x1a\n", "latin1");
  head[8] = version;
  head[version === 0 ? 13 : 9] = 8;
  head.writeBigUInt64LE(BigInt(declaredBytes ?? 64 + body.length), version === 0 ? 40 : 28);
  return Buffer.concat([head, body]);
}

describe("HDF5", () => {
  it("passes a sound superblock of either kind", async () => {
    for (const version of [0, 3] as const) {
      const { verdict, facts } = await inspectBytes("m.h5", hdf5(version, Buffer.alloc(100)));
      expect([verdict, facts.format]).to.deep.equal(["SAFE", "hdf5"]);
    }
  });

  it("reports a file that is too short, and an unknown version", async () => {
    expect((await inspectBytes("m.h5", hdf5(0, Buffer.alloc(10), 1000))).rules).to.deep.equal(["hdf5.malformed"]);
    const unknown = hdf5(0, Buffer.alloc(10));
    unknown[8] = 9;
    expect((await inspectBytes("m.h5", unknown)).rules).to.deep.equal(["hdf5.malformed"]);
  });

  it("finds a Lambda layer anywhere, also across the pieces in which it is read", async () => {
    const layer = Buffer.from('{"class_name": "Lambda", "config": {}}');
    for (const at of [0, 16_384 - 64 - 12, 49_152 - 64 - 20, 1_000_000, 2_500_000]) {
      const body = Buffer.alloc(3_000_000, 0x20);
      layer.copy(body, at);
      const { rules, findings } = await inspectBytes("m.h5", hdf5(0, body));
      expect(rules, `at ${at}`).to.deep.equal(["keras.lambda"]);
      expect(findings[0]?.offsetBytes).to.equal(64 + at + 1);
    }
  });
});

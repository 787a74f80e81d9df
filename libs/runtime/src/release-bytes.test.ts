import { expect } from "chai";
import { releaseBytes } from "./release-bytes.ts";

const KIB = 1024;

describe("releaseBytes", () => {
  it("empties bytes that have their buffer for themselves", () => {
    const bytes = Buffer.allocUnsafeSlow(100 * KIB).subarray(9);
    releaseBytes(bytes);
    expect(bytes.byteLength).to.equal(0);
  });

  it("leaves a part of a larger buffer, and what may be pooled, alone", () => {
    const part = Buffer.allocUnsafeSlow(1000 * KIB).subarray(0, 100 * KIB);
    const small = Buffer.from("small");
    releaseBytes(part);
    releaseBytes(small);
    expect(part.byteLength).to.equal(100 * KIB);
    expect(small.toString()).to.equal("small");
  });
});

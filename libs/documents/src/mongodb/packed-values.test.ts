import { expect } from "chai";
import fc from "fast-check";
import { numberCeiling, numberFloor, packNumber, packString, unpackNumber, unpackString } from "./packed-values.ts";

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, -Number.MIN_VALUE, 2 ** 53),
);
const order = fc.maxSafeNat();
const text = fc.string({ unit: "binary", maxLength: 8 }).map((value) => value.replaceAll("\u0000", "x"));
const byBytes = (left: string, right: string) => Math.sign(Buffer.compare(Buffer.from(left), Buffer.from(right)));

describe("packed values", () => {
  it("sort numbers by value, then by order", () => {
    fc.assert(
      fc.property(number, order, number, order, (left, leftOrder, right, rightOrder) => {
        const expected = Math.sign(left < right ? -1 : left > right ? 1 : leftOrder - rightOrder);
        expect(byBytes(packNumber(left, leftOrder), packNumber(right, rightOrder))).to.equal(expected);
      }),
    );
  });

  it("sort strings by code point, then by order", () => {
    fc.assert(
      fc.property(text, order, text, order, (left, leftOrder, right, rightOrder) => {
        const expected = byBytes(left, right) || Math.sign(leftOrder - rightOrder);
        expect(byBytes(packString(left, leftOrder), packString(right, rightOrder))).to.equal(expected);
      }),
    );
  });

  it("give back what was packed", () => {
    fc.assert(
      fc.property(number, text, order, (value, string, key) => {
        expect(unpackNumber(packNumber(value, key))).to.equal(value);
        expect(unpackString(packString(string, key))).to.equal(string);
      }),
    );
  });

  it("bound numbers on both sides, with and without the bound itself", () => {
    fc.assert(
      fc.property(number, number, order, fc.boolean(), (value, bound, key, exclusive) => {
        const packed = packNumber(value, key);
        expect(packed >= numberFloor(bound, exclusive)).to.equal(exclusive ? value > bound : value >= bound);
        expect(packed < numberCeiling(bound, exclusive)).to.equal(exclusive ? value < bound : value <= bound);
      }),
    );
  });
});

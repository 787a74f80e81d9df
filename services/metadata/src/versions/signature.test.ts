import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { type FieldSchema, SignatureSchema } from "@slipway/gen/slipway/artifact/v1/signature_pb.js";
import { Bump } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { expect } from "chai";
import fc from "fast-check";
import { compareSignatures, hasFields, requiredBump } from "./signature.ts";

type FieldInit = MessageInitShape<typeof FieldSchema>;

function field(name: string, rest: { dtype?: string; shape?: number[]; optional?: boolean } = {}): FieldInit {
  const { dtype = "float32", shape, optional = false } = rest;
  const sizes = (shape ?? []).map((size) => ({ size: BigInt(size), symbol: "" }));
  return { name, dtype, optional, hasShape: shape !== undefined, shape: sizes };
}

function signature(inputs: FieldInit[], outputs: FieldInit[] = []) {
  return create(SignatureSchema, { inputs, outputs });
}

describe("compareSignatures", () => {
  const x = field("x");
  const y = field("y");
  const cases: [what: string, before: FieldInit[][], after: FieldInit[][], differences: [string, string, Bump][]][] = [
    ["nothing", [[x], [y]], [[x], [y]], []],
    ["an input that disappears", [[x, y]], [[x]], [["inputs.y", "disappeared", Bump.MAJOR]]],
    ["a new required input", [[x]], [[x, y]], [["inputs.y", "is a new required input", Bump.MAJOR]]],
    [
      "a new optional input",
      [[x]],
      [[x, field("y", { optional: true })]],
      [["inputs.y", "is a new optional input", Bump.MINOR]],
    ],
    [
      "an input that becomes required",
      [[field("x", { optional: true })]],
      [[x]],
      [["inputs.x", "became required", Bump.MAJOR]],
    ],
    [
      "an input that becomes optional",
      [[x]],
      [[field("x", { optional: true })]],
      [["inputs.x", "became optional", Bump.MINOR]],
    ],
    [
      "an input of another type",
      [[x]],
      [[field("x", { dtype: "float64" })]],
      [["inputs.x", "type changed from float32 to float64", Bump.MAJOR]],
    ],
    [
      "an input of another shape",
      [[field("x", { shape: [-1, 4] })]],
      [[field("x", { shape: [-1, 5] })]],
      [["inputs.x", "shape changed from [?, 4] to [?, 5]", Bump.MAJOR]],
    ],
    [
      "an input of another rank",
      [[field("x", { shape: [4] })]],
      [[field("x", { shape: [-1, 4] })]],
      [["inputs.x", "shape changed from [4] to [?, 4]", Bump.MAJOR]],
    ],
    [
      "an input that takes more sizes than before",
      [[field("x", { shape: [1, 4] })]],
      [[field("x", { shape: [-1, 4] })]],
      [["inputs.x", "shape changed from [1, 4] to [?, 4]", Bump.MINOR]],
    ],
    [
      "an input that takes fewer sizes than before",
      [[field("x", { shape: [-1, 4] })]],
      [[field("x", { shape: [1, 4] })]],
      [["inputs.x", "shape changed from [?, 4] to [1, 4]", Bump.MAJOR]],
    ],
    ["a shape that one side does not tell", [[field("x", { shape: [-1, 4] })]], [[x]], []],
    ["the order of inputs", [[x, y]], [[y, x]], []],
    ["an output that disappears", [[], [x, y]], [[], [x]], [["outputs.y", "disappeared", Bump.MAJOR]]],
    ["a new output", [[], [x]], [[], [x, y]], [["outputs.y", "is a new output", Bump.MINOR]]],
    [
      "an output of another type",
      [[], [x]],
      [[], [field("x", { dtype: "int64" })]],
      [["outputs.x", "type changed from float32 to int64", Bump.MAJOR]],
    ],
    [
      "an output of another shape",
      [[], [field("x", { shape: [1] })]],
      [[], [field("x", { shape: [-1] })]],
      [["outputs.x", "shape changed from [1] to [?]", Bump.MAJOR]],
    ],
  ];
  for (const [what, before, after, differences] of cases) {
    it(`sees ${what}`, () => {
      const found = compareSignatures(signature(before[0] ?? [], before[1]), signature(after[0] ?? [], after[1]));
      expect(found.map(({ path, description, bump }) => [path, description, bump])).to.deep.equal(differences);
    });
  }

  it("ignores the symbols of dimensions", () => {
    const named = (symbol: string) =>
      signature([{ name: "x", dtype: "int8", hasShape: true, shape: [{ size: -1n, symbol }] }]);
    expect(compareSignatures(named("batch"), named("N"))).to.deep.equal([]);
  });

  it("finds nothing between a signature and itself, and swaps appearing with disappearing", () => {
    const fields = fc.uniqueArray(
      fc.record({
        name: fc.constantFrom("a", "b", "c", "__proto__"),
        dtype: fc.constantFrom("int8", "int16"),
        optional: fc.boolean(),
      }),
      { selector: ({ name }) => name },
    );
    fc.assert(
      fc.property(fields, fields, (left, right) => {
        const before = signature(left);
        const after = signature(right);
        expect(compareSignatures(before, before)).to.deep.equal([]);
        const gone = compareSignatures(before, after).filter(({ description }) => description === "disappeared");
        const came = compareSignatures(after, before).filter(({ description }) => description.startsWith("is a new"));
        expect(gone.map(({ path }) => path)).to.have.members(came.map(({ path }) => path));
      }),
    );
  });
});

describe("requiredBump", () => {
  const difference = (bump: Bump) => ({
    $typeName: "slipway.metadata.v1.SignatureDifference" as const,
    path: "",
    description: "",
    bump,
  });
  it("is the largest of the differences, PATCH without any", () => {
    expect(requiredBump([])).to.equal(Bump.PATCH);
    expect(requiredBump([difference(Bump.MINOR)])).to.equal(Bump.MINOR);
    expect(requiredBump([difference(Bump.MINOR), difference(Bump.MAJOR)])).to.equal(Bump.MAJOR);
  });
});

describe("hasFields", () => {
  it("is false without a signature and for an empty one", () => {
    expect(hasFields(undefined)).to.equal(false);
    expect(hasFields(signature([]))).to.equal(false);
    expect(hasFields(signature([], [field("y")]))).to.equal(true);
  });
});

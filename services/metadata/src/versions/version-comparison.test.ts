import { create } from "@bufbuild/protobuf";
import { Bump, VersionSchema } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { expect } from "chai";
import { base, broken, type SignatureInit } from "../testing/version-requests.test.ts";
import { compareInterfaces, compareLabels, compareMetrics, compareTags } from "./version-comparison.ts";

const version = (name: string, signature?: SignatureInit) =>
  create(VersionSchema, { name, ...(signature && { signature }) });

describe("the comparison of versions", () => {
  it("asks for the bump that the signatures need", () => {
    const found = compareInterfaces(version("a", base), version("b", broken));
    expect(found).to.include({ requiredBump: Bump.MAJOR, omittedCount: 0 });
    expect(found.summary).to.equal("The signatures differ in 1 place.");
    expect(found.differences.map(({ path, description }) => `${path} ${description}`)).to.deep.equal([
      "inputs.x type changed from float32 to float64",
    ]);
    const same = compareInterfaces(version("a", base), version("b", base));
    expect(same).to.include({ requiredBump: Bump.PATCH, summary: "The signatures are the same." });
  });

  it("says by name who has no signature", () => {
    const found = compareInterfaces(version("a", base), version("b"));
    expect(found).to.include({
      requiredBump: Bump.UNSPECIFIED,
      summary: "Nothing was compared: b has no signature.",
    });
    expect(compareInterfaces(version("a"), version("b")).summary).to.equal(
      "Nothing was compared: a and b have no signature.",
    );
  });

  it("says how many differences it leaves out", () => {
    const outputs = Array.from({ length: 203 }, (_, n) => ({ name: `y${n}`, dtype: "int64" }));
    const found = compareInterfaces(version("a", { inputs: [], outputs }), version("b", { inputs: base.inputs ?? [] }));
    expect(found.differences.length).to.equal(200);
    expect(found.omittedCount).to.equal(4);
    expect(found.summary).to.equal("The signatures differ in 204 places.");
  });

  it("subtracts metrics that both have, and leaves out what no double holds", () => {
    const found = compareMetrics({ f1: 0.5, recall: 0, huge: -1e308 }, { f1: 0.75, loss: 0.1, huge: 1e308 });
    expect(found.map(({ name, first, second, difference }) => [name, first, second, difference])).to.deep.equal([
      ["f1", 0.5, 0.75, 0.25],
      ["huge", -1e308, 1e308, undefined],
      ["loss", undefined, 0.1, undefined],
      ["recall", 0, undefined, undefined],
    ]);
  });

  it("tells an empty tag from none, also where its key is a word of the language", () => {
    const found = compareTags({ env: "", team: "a" }, { constructor: "x", team: "b" });
    expect(found.map(({ key, first, second }) => [key, first, second])).to.deep.equal([
      ["constructor", undefined, "x"],
      ["env", "", undefined],
      ["team", "a", "b"],
    ]);
  });

  it("sorts labels by who has them", () => {
    const { both, firstOnly, secondOnly } = compareLabels(["b", "a", "c"], ["c", "d"]);
    expect({ both, firstOnly, secondOnly }).to.deep.equal({ both: ["c"], firstOnly: ["a", "b"], secondOnly: ["d"] });
  });
});

import { expect } from "chai";
import type { Signature } from "./signature.ts";
import { summaryOf } from "./summary-of.ts";

const signature = (name: string): Signature => ({
  inputs: [{ name, dtype: "float32", shape: [], hasShape: false, optional: false }],
  outputs: [],
});

describe("summary", () => {
  it("lists the formats that say something about a model", () => {
    const files = [
      { path: "b.onnx", format: "onnx" as const },
      { path: "a.onnx", format: "onnx" as const },
      { path: "x.joblib", format: "joblib" as const },
      { path: "c.json", format: "json" as const },
      { path: "d", format: "unknown" as const },
    ];
    expect(summaryOf(files)).to.deep.equal({ formats: ["joblib", "onnx"], framework: "", licence: "" });
    expect(summaryOf([])).to.deep.equal({ formats: [], framework: "", licence: "" });
  });

  it("has a signature when the files agree", () => {
    const one = { path: "a.onnx", format: "onnx" as const, signature: signature("x"), parameterCount: 10 };
    const variant = { ...one, path: "a_int8.onnx", parameterCount: 12 };
    const other = { ...one, path: "b.onnx", signature: signature("y") };
    expect(summaryOf([one, variant])).to.deep.include({ signature: signature("x"), parameterCount: 12 });
    expect(summaryOf([one, other])).to.not.have.property("signature");
    expect(summaryOf([one, other]).parameterCount).to.equal(20);
  });

  it("adds shards, and does not add the same model in another format", () => {
    const files = [
      { path: "1.safetensors", format: "safetensors" as const, parameterCount: 5, framework: "pytorch" },
      { path: "2.safetensors", format: "safetensors" as const, parameterCount: 6 },
      { path: "m.pt", format: "pytorch" as const, parameterCount: 11, framework: "pytorch" },
    ];
    expect(summaryOf(files)).to.deep.include({ parameterCount: 11, framework: "pytorch" });
  });

  it("takes the licence from the model card nearest to the top", () => {
    const files = [
      { path: "m.safetensors", format: "safetensors" as const, licence: "mit" },
      { path: "sub/README.md", format: "markdown" as const, licence: "gpl-3.0" },
      { path: "CHANGES.md", format: "markdown" as const, licence: "bsd" },
      { path: "README.md", format: "markdown" as const, licence: "apache-2.0" },
    ];
    expect(summaryOf(files).licence).to.equal("apache-2.0");
    expect(summaryOf(files.slice(0, 1)).licence).to.equal("mit");
  });
});

import { expect } from "chai";
import { inspectBytes } from "../testing/inspect-bytes.ts";
import { externalTensor, floatTensor, model, smallModel, tensorInfo } from "../testing/onnx-bytes.ts";
import { message } from "../testing/protobuf-bytes.ts";

describe("ONNX", () => {
  it("tells signature, producer and parameters; initializers are no inputs", async () => {
    const { verdict, facts } = await inspectBytes("model.onnx", smallModel);
    expect(verdict).to.equal("SAFE");
    expect(facts).to.deep.include({ format: "onnx", framework: "pytorch 2.5", parameterCount: 12 });
    const batch = { size: -1, symbol: "batch" };
    const field = { dtype: "float32", hasShape: true, optional: false };
    expect(facts.signature).to.deep.equal({
      inputs: [{ name: "x", ...field, shape: [batch, { size: 4, symbol: "" }] }],
      outputs: [{ name: "y", ...field, shape: [batch, { size: 3, symbol: "" }] }],
    });
  });

  it("tells the types that are no tensors", async () => {
    const int64ToFloat = message({ 5: message({ 1: 7, 2: message({ 1: message({ 1: 1 }) }) }) });
    const sequence = message({ 4: message({ 1: int64ToFloat }) });
    const optional = message({ 9: message({ 1: message({ 1: message({ 1: 8 }) }) }) });
    const bytes = model({ 11: message({ 1: "maybe", 2: optional }), 12: message({ 1: "scores", 2: sequence }) });
    const { facts } = await inspectBytes("m.onnx", bytes);
    expect(facts.signature?.outputs[0]).to.deep.include({ dtype: "sequence<map<int64,float32>>", hasShape: false });
    expect(facts.signature?.inputs[0]).to.deep.include({ dtype: "string", optional: true });
  });

  it("takes the licence from the properties and is recognised without its name", async () => {
    const bytes = model({ 12: tensorInfo("y", 1, []) }, { 14: message({ 1: "license", 2: "mit" }) });
    expect((await inspectBytes("blob", bytes)).facts).to.deep.include({ format: "onnx", licence: "mit" });
  });

  it("passes over big initializers without reading them", async () => {
    const bytes = model({ 5: floatTensor("W", [1024, 1024]), 12: tensorInfo("y", 1, []) });
    const limits = { readBytes: 1024 * 1024 };
    const { rules, facts } = await inspectBytes("m.onnx", bytes, { limits });
    expect(rules).to.deep.equal([]);
    expect(facts.parameterCount).to.equal(1024 * 1024);
  });

  describe("external data", () => {
    const others = { "models/w.data": 64, "models/sub/w.data": 64, "w.data": 64 };
    const inspectExternal = (entries: Record<string, string>) =>
      inspectBytes("models/m.onnx", model({ 5: externalTensor("W", [4], entries) }), { others });

    it("may lie beside and below the model", async () => {
      expect((await inspectExternal({ location: "w.data", offset: "48", length: "16" })).rules).to.deep.equal([]);
      expect((await inspectExternal({ location: "./sub/w.data" })).rules).to.deep.equal([]);
    });

    for (const location of ["../w.data", "/etc/passwd", "sub/../../w.data", "C:/w.data", "..\\w.data", "a\0b"]) {
      it(`may not lie at ${JSON.stringify(location)}`, async () => {
        const { verdict, rules } = await inspectExternal({ location });
        expect([verdict, rules]).to.deep.equal(["DANGEROUS", ["onnx.external-data.escape"]]);
      });
    }

    it("has to be in the artifact, and large enough", async () => {
      expect((await inspectExternal({ location: "other.data" })).rules).to.deep.equal(["onnx.external-data.missing"]);
      const outside = await inspectExternal({ location: "w.data", offset: "60", length: "16" });
      expect(outside.rules).to.deep.equal(["onnx.external-data.range"]);
      const nonsense = await inspectExternal({ location: "w.data", offset: "-1" });
      expect(nonsense.rules).to.deep.equal(["onnx.external-data.range"]);
    });

    it("is found in constants, inner graphs, functions and training graphs", async () => {
      const escaping = externalTensor("W", [4], { location: "../x" });
      const inner = message({ 5: escaping });
      const node = (attribute: Buffer): Buffer => message({ 4: "Op", 5: attribute });
      const places = [
        model({ 1: node(message({ 5: escaping })) }),
        model({ 1: node(message({ 6: inner })) }),
        model({ 1: node(message({ 10: [escaping] })) }),
        model({ 1: node(message({ 22: message({ 1: escaping }) })) }),
        model({ 15: message({ 2: escaping }) }),
        model({}, { 20: message({ 2: inner }) }),
        model({}, { 25: message({ 7: node(message({ 5: escaping })) }) }),
      ];
      for (const bytes of places) {
        expect((await inspectBytes("m.onnx", bytes)).rules).to.deep.equal(["onnx.external-data.escape"]);
      }
    });
  });

  it("reports tensors whose data does not fit", async () => {
    const wrong = message({ 1: [4, 3], 2: 1, 8: "W", 9: Buffer.alloc(4) });
    expect((await inspectBytes("m.onnx", model({ 5: wrong }))).rules).to.deep.equal(["onnx.tensor-size"]);
    const negative = message({ 1: [-4], 2: 1, 8: "W" });
    expect((await inspectBytes("m.onnx", model({ 5: negative }))).rules).to.deep.equal(["onnx.tensor-size"]);
  });

  it("notes operators that ONNX does not define, unless the model defines them", async () => {
    const own = { 8: message({ 1: "my.ops", 2: 1 }) };
    expect((await inspectBytes("m.onnx", model({}, own))).rules).to.deep.equal(["onnx.operators"]);
    const withFunction = model({}, { ...own, 25: message({ 1: "F", 10: "my.ops" }) });
    expect((await inspectBytes("m.onnx", withFunction)).rules).to.deep.equal([]);
  });

  it("rejects damage with the place", async () => {
    for (const bytes of [smallModel.subarray(0, 40), Buffer.from("no model"), deepGraphs(200)]) {
      const { verdict, findings } = await inspectBytes("m.onnx", bytes);
      expect(verdict).to.equal("DANGEROUS");
      expect(findings[0]?.ruleId).to.equal("onnx.malformed");
      expect(findings[0]?.offsetBytes).to.be.a("number");
    }
  });
});

function deepGraphs(depth: number): Buffer {
  let graph = message({ 2: "leaf" });
  for (let level = 0; level < depth; level++) graph = message({ 1: message({ 5: message({ 6: graph }) }) });
  return message({ 1: 8, 7: graph });
}

import { expect } from "chai";
import { inspectBytes } from "../testing/inspect-bytes.ts";
import { message } from "../testing/protobuf-bytes.ts";

const node = (operation: string): Buffer => message({ 1: "name", 2: operation });

function savedModel(nodes: readonly Buffer[], functionNodes: readonly Buffer[] = []): Buffer {
  const library = message({ 1: message({ 3: functionNodes }) });
  const graph = message({ 1: nodes, 2: library });
  return message({ 1: 1, 2: message({ 1: message({ 5: "2.17.0" }), 2: graph }) });
}

describe("TensorFlow SavedModel", () => {
  it("is recognised and tells its version", async () => {
    const { verdict, facts } = await inspectBytes("saved_model.pb", savedModel([node("MatMul"), node("SaveV2")]));
    expect(verdict).to.equal("SAFE");
    expect(facts).to.deep.include({ format: "tensorflow-saved-model", framework: "tensorflow 2.17.0" });
  });

  it("may not reach files or run Python, in the graph or in a function", async () => {
    for (const bytes of [savedModel([node("WriteFile")]), savedModel([], [node("EagerPyFunc")])]) {
      const { verdict, rules } = await inspectBytes("saved_model.pb", bytes);
      expect([verdict, rules]).to.deep.equal(["DANGEROUS", ["tensorflow.operator"]]);
    }
  });
});

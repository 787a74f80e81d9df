import { expect } from "chai";
import { inspect } from "./inspect.ts";
import { summarize } from "./summarize.ts";
import { memoryFile } from "./testing/memory-file.ts";
import { floatTensor, model, smallModel, tensorInfo } from "./testing/onnx-bytes.ts";
import { attack } from "./testing/pickle-bytes.ts";
import { safetensors } from "./testing/safetensors-bytes.ts";

describe("summarize", () => {
  it("tells what an artifact is", async () => {
    const card = Buffer.from("---\nlicense: mit\n---\n# Iris\n");
    const summary = await summarize([memoryFile("README.md", card), memoryFile("iris/model.onnx", smallModel)]);
    expect(summary).to.deep.include({
      formats: ["onnx"],
      framework: "pytorch 2.5",
      parameterCount: 12,
      licence: "mit",
    });
    expect(summary.signature?.inputs.map(({ name }) => name)).to.deep.equal(["x"]);
  });

  it("says what it knows of damaged and hostile files, and never fails on them", async () => {
    const files = [
      memoryFile("m.safetensors", safetensors('{"a"')),
      memoryFile("evil.pkl", attack),
      memoryFile("cut.onnx", smallModel.subarray(0, 30)),
      memoryFile("empty", Buffer.alloc(0)),
    ];
    const summary = await summarize(files);
    expect(summary.formats).to.include("pickle");
    expect(await summarize([])).to.deep.equal({ formats: [], framework: "", licence: "" });
  });

  it("reads headers only", async () => {
    const data = Buffer.alloc(8 * 1024 * 1024);
    const tensors = memoryFile(
      "m.safetensors",
      safetensors({ a: { dtype: "U8", shape: [data.length], data_offsets: [0, data.length] } }, data),
    );
    const graph = memoryFile("m.onnx", model({ 5: floatTensor("W", [1024, 2048]), 12: tensorInfo("y", 1, []) }));
    const summary = await summarize([tensors, graph]);
    expect(summary.formats).to.deep.equal(["onnx", "safetensors"]);
    expect(tensors.readBytes + graph.readBytes).to.be.below(400_000);
  });
});

describe("inspect", () => {
  it("gives one verdict over all files", async () => {
    const good = memoryFile("m.onnx", smallModel);
    expect(await inspect([good])).to.deep.equal({ verdict: "SAFE", findings: [] });
    expect(await inspect([])).to.deep.equal({ verdict: "SAFE", findings: [] });
    const { verdict, findings } = await inspect([good, memoryFile("sub/evil.txt", attack)]);
    expect(verdict).to.equal("DANGEROUS");
    expect(findings[0]?.path).to.equal("sub/evil.txt");
  });
});

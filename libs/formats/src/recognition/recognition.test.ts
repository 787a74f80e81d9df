import { expect } from "chai";
import { inspectBytes } from "../testing/inspect-bytes.ts";
import { smallModel } from "../testing/onnx-bytes.ts";
import { attack } from "../testing/pickle-bytes.ts";
import { safetensors } from "../testing/safetensors-bytes.ts";

describe("recognition", () => {
  const formats: [string, Uint8Array, string][] = [
    ["config.json", Buffer.from('{"a": 1}'), "json"],
    ["no-ending", Buffer.from("[1, 2]"), "json"],
    ["conda.yaml", Buffer.from("name: x"), "yaml"],
    ["MLmodel", Buffer.from("flavors: {}"), "yaml"],
    ["README.md", Buffer.from("# Hi\n"), "markdown"],
    ["vocab.txt", Buffer.from("hello\nwörld\n"), "text"],
    ["empty", Buffer.alloc(0), "empty"],
    ["weights.bin", Buffer.from([1, 2, 3, 0xff, 0xfe]), "unknown"],
    ["cut.txt", Buffer.concat([Buffer.alloc(4095, "a"), Buffer.from("é")]), "text"],
    ["model", safetensors("{}"), "safetensors"],
    ["model", smallModel, "onnx"],
    ["model", attack, "pickle"],
  ];
  for (const [name, bytes, format] of formats) {
    it(`sees ${format} in ${name}`, async () => {
      expect((await inspectBytes(name, bytes)).facts.format).to.equal(format);
    });
  }

  it("says when the name promises something else", async () => {
    for (const [name, bytes] of [
      ["model.gguf", safetensors("{}")],
      ["model.npz", smallModel],
      ["notes.json", Buffer.from("plain words")],
    ] as const) {
      const { verdict, rules } = await inspectBytes(name, bytes);
      expect([verdict, rules], name).to.deep.equal(["SUSPICIOUS", ["format.mismatch"]]);
    }
  });

  it("reports programs, and notes source code", async () => {
    const elf = Buffer.concat([Buffer.from("\x7fELF", "latin1"), Buffer.alloc(60)]);
    expect((await inspectBytes("lib.so", elf)).rules).to.deep.equal(["file.executable"]);
    const { verdict, rules } = await inspectBytes("modeling.py", Buffer.from("import os\n"));
    expect([verdict, rules]).to.deep.equal(["SAFE", ["file.source"]]);
  });

  it("does not take the first words of a text for a pickle", async () => {
    const words = [
      "copyright (c) 2026\nSome Body\n",
      "I am a text.\n",
      "Version 1\n",
      "(see below).\n",
      "N.",
      "garbage\n0\n.",
    ];
    for (const word of words) {
      expect((await inspectBytes("NOTICE", Buffer.from(word))).rules, word).to.deep.equal([]);
    }
  });
});

import { create } from "@bufbuild/protobuf";
import { type File, FileSchema } from "@slipway/gen/slipway/artifact/v1/artifact_pb.js";
import { FileChange } from "@slipway/gen/slipway/metadata/v1/version_comparison_pb.js";
import { expect } from "chai";
import fc from "fast-check";
import { compareFiles, sameFiles } from "./file-comparison.ts";

type Files = Record<string, string>;

/** As the artifact service lists them. */
async function* listed(files: Files): AsyncIterable<File> {
  const paths = Object.keys(files).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  for (const path of paths) yield create(FileSchema, { path, sizeBytes: 3n, sha256: files[path] ?? "" });
}

const compare = (first: Files, second: Files, limit?: number) => compareFiles(listed(first), listed(second), limit);

describe("the comparison of files", () => {
  it("tells what was added, removed, changed and stayed, what differs first", async () => {
    const found = await compare({ a: "1", "model.onnx": "2", old: "3" }, { a: "1", "model.onnx": "4", new: "5" });
    expect(found.files.map(({ path, change }) => [path, FileChange[change]])).to.deep.equal([
      ["model.onnx", "CHANGED"],
      ["new", "ADDED"],
      ["old", "REMOVED"],
      ["a", "UNCHANGED"],
    ]);
    expect(found).to.include({ addedCount: 1, removedCount: 1, changedCount: 1, unchangedCount: 1, omittedCount: 0 });
    expect(found.files[1]).to.include({ firstSizeBytes: 0n, secondSizeBytes: 3n, firstSha256: "", secondSha256: "5" });
  });

  it("lists what differs before what does not, and says how many it leaves out", async () => {
    const found = await compare({ a: "1", b: "1", c: "1" }, { a: "1", b: "2", d: "1" }, 2);
    expect(found.files.map(({ path }) => path)).to.deep.equal(["b", "c"]);
    expect(found).to.include({ addedCount: 1, unchangedCount: 1, omittedCount: 2 });
  });

  it("reads of one and the same artifact only what it tells", async () => {
    let read = 0;
    async function* counted() {
      for await (const file of listed({ a: "1", b: "1", c: "1" })) {
        read += 1;
        yield file;
      }
    }
    const found = await sameFiles(counted(), 3, 2);
    expect(found).to.include({ unchangedCount: 3, omittedCount: 1 });
    expect({ told: found.files.length, read }).to.deep.equal({ told: 2, read: 2 });
  });

  it("agrees with a comparison of sets, also where UTF-16 and UTF-8 sort otherwise", async () => {
    const path = fc.constantFrom("a", "a/b", "a.b", "é", "\uff5e", "\u{1f600}", "模型", "z");
    const files = fc.dictionary(path, fc.constantFrom("1", "2"), { noNullPrototype: true });
    await fc.assert(
      fc.asyncProperty(files, files, async (first, second) => {
        const found = await compare(first, second);
        const paths = [...new Set([...Object.keys(first), ...Object.keys(second)])];
        const count = (test: (before?: string, after?: string) => boolean) =>
          paths.filter((each) => test(first[each], second[each])).length;
        expect(found).to.include({
          addedCount: count((before, after) => before === undefined && after !== undefined),
          removedCount: count((before, after) => before !== undefined && after === undefined),
          changedCount: count((before, after) => before !== undefined && after !== undefined && before !== after),
          unchangedCount: count((before, after) => before === after),
        });
        expect(found.files.map((each) => each.path).sort()).to.deep.equal(paths.sort());
      }),
    );
  });
});

import { MAX_FILES } from "@slipway/chunking";
import { expect } from "chai";
import { UploadContent } from "./upload-content.ts";

function complete(path: string) {
  const file = { tenantUid: "t", uploadUid: "u", revision: 1, complete: true as const };
  return { ...file, path, sha256: "0".repeat(64), sizeBytes: 1 };
}

function incomplete(path: string) {
  const recipe = { recipeUid: "r", sizeBytes: 0, pageStarts: [] };
  return { tenantUid: "t", uploadUid: "u", revision: 1, complete: false as const, path, recipe };
}

describe("the content of an upload", () => {
  it("has a digest when all of it is complete, which may be expected", () => {
    const content = new UploadContent();
    content.add(complete("f"));
    const digest = content.digest("uploads/u", "");
    expect(content.digest("uploads/u", digest)).to.equal(digest);
    const another = () => content.digest("uploads/u", "0".repeat(64));
    expect(another).to.throw().with.property("reason", "ARTIFACT_DIGEST_MISMATCH");
  });

  it("says how many files are incomplete and which is the first", () => {
    const content = new UploadContent();
    for (const file of [complete("a"), incomplete("b"), incomplete("c")]) content.add(file);
    const digest = () => content.digest("uploads/u", "");
    expect(digest).to.throw().with.deep.property("metadata", { name: "uploads/u", count: "2", path: "b" });
  });

  it("is refused with more files than an artifact may have, however many there are", () => {
    const content = new UploadContent();
    for (let index = 0; index < MAX_FILES + 10; index += 1) content.add(complete(`f${index}`));
    expect(content.files).to.have.length(MAX_FILES + 1);
    expect(() => content.digest("uploads/u", ""))
      .to.throw()
      .with.property("reason", "REQUEST_INVALID");
  });
});

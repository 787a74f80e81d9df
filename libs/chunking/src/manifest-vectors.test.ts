import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { artifactDigest, encodeManifest, parseManifest } from "./manifest.ts";
import { ManifestError } from "./manifest-error.ts";
import type { ManifestFile } from "./manifest-files.ts";
import { checkPath } from "./manifest-path.ts";

interface Vector {
  name: string;
  files: (ManifestFile & { contentUtf8?: string })[];
  path: string;
  manifestHex: string;
  artifactDigest: string;
  code: string;
}

function vectors(file: string): Vector[] {
  const text = readFileSync(new URL(`../../../proto/testdata/manifest/${file}`, import.meta.url), "utf8");
  const parsed = JSON.parse(text) as Vector[];
  expect(parsed).to.not.have.length(0);
  return parsed;
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    expect(error.message).to.match(/\.$/).and.to.have.length.below(700);
    return error.code;
  }
  return "accepted";
}

describe("manifest vectors in proto/testdata/manifest", () => {
  for (const { name, files, manifestHex, artifactDigest: digest } of vectors("accepted.json")) {
    it(`encodes and parses: ${name}`, () => {
      for (const { contentUtf8, sha256, sizeBytes } of files) {
        if (contentUtf8 === undefined) continue;
        expect(createHash("sha256").update(contentUtf8).digest("hex")).to.equal(sha256);
        expect(Buffer.byteLength(contentUtf8)).to.equal(sizeBytes);
      }
      const bytes = encodeManifest(files);
      expect(Buffer.from(bytes).toString("hex")).to.equal(manifestHex);
      expect(artifactDigest(bytes)).to.equal(digest);
      const plain = files.map(({ path, sha256, sizeBytes }) => ({ path, sha256, sizeBytes }));
      expect(parseManifest(bytes)).to.have.deep.members(plain);
      expect(encodeManifest(parseManifest(bytes))).to.deep.equal(bytes);
    });
  }

  for (const { path, code } of vectors("refused-paths.json")) {
    it(`refuses the path ${JSON.stringify(path.slice(0, 40))} (${path.length}): ${code}`, () => {
      expect(codeOf(() => checkPath(path))).to.equal(code);
      expect(codeOf(() => encodeManifest([{ path, sha256: "0".repeat(64), sizeBytes: 0 }]))).to.equal(code);
    });
  }

  for (const { name, files, code } of vectors("refused-files.json")) {
    it(`refuses the files: ${name}: ${code}`, () => {
      expect(codeOf(() => encodeManifest(files))).to.equal(code);
      expect(codeOf(() => encodeManifest(files.toReversed()))).to.equal(code);
    });
  }

  for (const { name, manifestHex, code } of vectors("refused-manifests.json")) {
    it(`refuses the manifest: ${name}: ${code}`, () => {
      expect(codeOf(() => parseManifest(Buffer.from(manifestHex, "hex")))).to.equal(code);
    });
  }
});

import { expect } from "chai";
import fc from "fast-check";
import { foldCase } from "./case-folding.ts";
import { artifactDigest, encodeManifest, parseManifest } from "./manifest.ts";
import { ManifestError } from "./manifest-error.ts";
import { MAX_FILES, type ManifestFile } from "./manifest-files.ts";

const part = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
  .map((text) => text.normalize("NFC").replaceAll(/[\p{Cc}/\\:]/gu, "_"))
  .filter((text) => text !== "." && text !== "..");
const file: fc.Arbitrary<ManifestFile> = fc.record({
  path: fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/").normalize("NFC")),
  sha256: fc.stringMatching(/^[0-9a-f]{64}$/),
  sizeBytes: fc.nat(),
});
/** Files of an artifact: a folder of its own for each keeps their paths from meeting. */
const files = fc
  .array(file, { minLength: 1, maxLength: 20 })
  .map((each) => each.map((one, n) => ({ ...one, path: `${n}/${one.path}` })));

describe("manifest", () => {
  it("says the same bytes for the same files in any order, and parses them back", () => {
    fc.assert(
      fc.property(files, fc.infiniteStream(fc.nat()), (each, random) => {
        const bytes = encodeManifest(each);
        const shuffled = each.map((one) => ({ one, at: random.next().value ?? 0 })).sort((a, b) => a.at - b.at);
        expect(encodeManifest(shuffled.map(({ one }) => one))).to.deep.equal(bytes);
        expect(parseManifest(bytes)).to.have.deep.members(each);
      }),
    );
  });

  it("gives another digest when anything of any file changes", () => {
    fc.assert(
      fc.property(files, fc.nat(), fc.constantFrom("path", "sha256", "sizeBytes"), (each, n, what) => {
        const at = n % each.length;
        const changed = each.map((one, index) => {
          if (index !== at) return one;
          if (what === "path") return { ...one, path: `${one.path}x` };
          if (what === "sizeBytes") return { ...one, sizeBytes: one.sizeBytes + 1 };
          return { ...one, sha256: one.sha256.replace(/^./, (digit) => (digit === "0" ? "1" : "0")) };
        });
        expect(artifactDigest(encodeManifest(changed))).to.not.equal(artifactDigest(encodeManifest(each)));
      }),
    );
  });

  it("accepts no bytes but those that it writes", () => {
    fc.assert(
      fc.property(files, fc.nat(), fc.integer({ min: 1, max: 255 }), (each, n, change) => {
        const bytes = Buffer.from(encodeManifest(each));
        const at = n % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ change;
        let parsed: ManifestFile[];
        try {
          parsed = parseManifest(bytes);
        } catch (error) {
          expect(error).to.be.instanceOf(ManifestError);
          return;
        }
        expect(Buffer.from(encodeManifest(parsed)).equals(bytes)).to.equal(true);
      }),
    );
  });

  it("holds 100,000 files and not one more", () => {
    const many = Array.from({ length: MAX_FILES }, (_, n) => ({ path: `f${n}`, sha256: "0".repeat(64), sizeBytes: n }));
    expect(parseManifest(encodeManifest(many))).to.have.length(MAX_FILES);
    const tooMany = [...many, { path: "one-more", sha256: "0".repeat(64), sizeBytes: 0 }];
    expect(() => encodeManifest(tooMany)).to.throw(ManifestError, "at most 100000 files");
  });
});

describe("foldCase", () => {
  it("folds what it folded already to itself, and all cases of a text alike", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const folded = foldCase(text);
        expect(foldCase(folded)).to.equal(folded);
        expect(foldCase(text.normalize("NFC"))).to.equal(folded);
        for (const character of text) {
          expect(foldCase(character.toUpperCase())).to.equal(foldCase(character));
        }
      }),
    );
  });
});

import { ArtifactState } from "@slipway/gen/slipway/artifact/v1/artifact_pb.js";
import { expect } from "chai";
import fc from "fast-check";
import {
  type ArtifactFile,
  artifactOf,
  checkReady,
  filePages,
  MAX_FILES_A_PAGE,
  pageOfPath,
  provenAgain,
  provenArtifact,
  UNREFERENCED_LIFETIME_MS,
} from "./artifact.ts";

const NOW = 1_000_000;
const digest = "a".repeat(64);

function file(path: string): ArtifactFile {
  return { path, sizeBytes: 1, sha256: digest };
}

function artifactWith(pageFirstPaths: string[]) {
  return provenArtifact("t", "u", NOW, { digest }, { pagesUid: "p", pageFirstPaths });
}

describe("an artifact's rules", () => {
  it("cuts files into pages of at most 4,096, and sooner where their paths are long", () => {
    const short = Array.from({ length: MAX_FILES_A_PAGE + 1 }, (_, index) => file(`f${index}`));
    expect([...filePages(short)].map(({ length }) => length)).to.deep.equal([MAX_FILES_A_PAGE, 1]);
    const long = Array.from({ length: 2000 }, (_, index) => file(`${"x".repeat(1000)}${index}`));
    const pages = [...filePages(long)];
    expect(pages.flat()).to.deep.equal(long);
    for (const page of pages) expect(JSON.stringify(page).length).to.be.below(4 * 1024 * 1024);
    expect(pages.length).to.be.above(1);
    expect([...filePages([])]).to.deep.equal([]);
  });

  it("finds the page of a path by its UTF-8 bytes", () => {
    const paths = fc.uniqueArray(fc.string({ unit: "grapheme", minLength: 1, maxLength: 3 }), { minLength: 1 });
    fc.assert(
      fc.property(paths, fc.integer({ min: 1, max: 4 }), (all, pageSize) => {
        const sorted = all.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        const record = artifactWith(sorted.filter((_, index) => index % pageSize === 0));
        sorted.forEach((path, index) => {
          expect(pageOfPath(record, path)).to.equal(Math.floor(index / pageSize));
        });
        expect(pageOfPath(record, "")).to.equal(-1);
      }),
      { numRuns: 50 },
    );
  });

  it("is kept a day after it was proven, and a day more when it is proven again", () => {
    const record = artifactWith([]);
    expect(Number(artifactOf(record, false).expireTime?.seconds) * 1000).to.equal(NOW + UNREFERENCED_LIFETIME_MS);
    expect(artifactOf(record, true).expireTime).to.equal(undefined);
    expect(provenAgain(record, NOW + 5000).keepUntilMs).to.equal(NOW + 5000 + UNREFERENCED_LIFETIME_MS);
    expect(provenAgain(record, NOW - 5000).keepUntilMs).to.equal(record.keepUntilMs);
  });

  for (const state of [ArtifactState.VERIFYING, ArtifactState.CORRUPT]) {
    it(`is not readable while ${ArtifactState[state]}, until a proven upload makes it READY`, () => {
      const record = artifactWith([]);
      record.artifact.state = state;
      expect(() => checkReady(record))
        .to.throw()
        .with.property("reason", "ARTIFACT_NOT_READY");
      expect(() => checkReady(provenAgain(record, NOW))).not.to.throw();
    });
  }
});

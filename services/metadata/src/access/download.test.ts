import { Verdict } from "@slipway/gen/slipway/artifact/v1/inspection_pb.js";
import { VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import type { Role } from "@slipway/rpc";
import { expect } from "chai";
import { checkDownload, type ReferencingVersion } from "./download.ts";

const version = (state: VersionState, verdict = Verdict.SAFE, deleted = false): ReferencingVersion => ({
  state,
  verdict,
  deleted,
});
const published = version(VersionState.PUBLISHED);
const dangerous = version(VersionState.REJECTED, Verdict.DANGEROUS);

describe("checkDownload", () => {
  const cases: [string, ReferencingVersion[], Role, boolean, string | undefined][] = [
    ["a viewer takes what is published", [published], "viewer", false, undefined],
    ["a viewer takes nothing that nobody references", [], "viewer", false, "DOWNLOAD_FORBIDDEN"],
    ["a viewer waits for validation", [version(VersionState.VALIDATING)], "viewer", false, "DOWNLOAD_FORBIDDEN"],
    ["a viewer waits for the review", [version(VersionState.READY)], "viewer", false, "DOWNLOAD_FORBIDDEN"],
    ["a viewer takes no deleted version", [{ ...published, deleted: true }], "viewer", false, "DOWNLOAD_FORBIDDEN"],
    ["a viewer takes no withdrawn version", [version(VersionState.WITHDRAWN)], "viewer", false, "DOWNLOAD_FORBIDDEN"],
    ["one published version suffices", [version(VersionState.WITHDRAWN), published], "viewer", false, undefined],
    ["a contributor takes what the tenant has", [], "contributor", false, undefined],
    ["what is dangerous stays in quarantine", [dangerous, published], "contributor", false, "VERSION_QUARANTINED"],
    ["a reviewer cannot open the quarantine", [dangerous], "reviewer", true, "VERSION_QUARANTINED"],
    ["an administrator must ask for it", [dangerous], "admin", false, "VERSION_QUARANTINED"],
    ["an administrator who asks gets it", [dangerous], "admin", true, undefined],
  ];
  for (const [what, versions, role, allowDangerous, reason] of cases) {
    it(what, () => {
      const check = () => checkDownload("artifacts/x", versions, role, allowDangerous);
      if (reason === undefined) check();
      else expect(check).to.throw().with.property("reason", reason);
    });
  }
});

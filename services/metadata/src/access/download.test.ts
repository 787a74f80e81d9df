import { Verdict } from "@slipway/gen/slipway/artifact/v1/inspection_pb.js";
import { VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import type { Role } from "@slipway/rpc";
import { expect } from "chai";
import { checkDownload, checkSharedDownload, type ReferencingVersion } from "./download.ts";

const version = (state: VersionState, verdict = Verdict.SAFE, deleted = false): ReferencingVersion => ({
  name: "models/x/versions/1.0.0",
  state,
  stateReason: state === VersionState.WITHDRAWN ? "it leaks names" : "",
  verdict,
  deleted,
  shared: false,
});
const withdrawn = version(VersionState.WITHDRAWN);
const published = version(VersionState.PUBLISHED);
const dangerous = version(VersionState.REJECTED, Verdict.DANGEROUS);

describe("checkDownload", () => {
  const cases: [string, ReferencingVersion[], Role, boolean, string | undefined][] = [
    ["a viewer takes what is published", [published], "viewer", false, undefined],
    ["a viewer takes nothing that nobody references", [], "viewer", false, "DOWNLOAD_FORBIDDEN"],
    ["a viewer waits for validation", [version(VersionState.VALIDATING)], "viewer", false, "DOWNLOAD_FORBIDDEN"],
    ["a viewer waits for the review", [version(VersionState.READY)], "viewer", false, "DOWNLOAD_FORBIDDEN"],
    ["a viewer takes no deleted version", [{ ...published, deleted: true }], "viewer", false, "DOWNLOAD_FORBIDDEN"],
    ["a viewer takes no withdrawn version", [withdrawn], "viewer", false, "VERSION_WITHDRAWN"],
    ["a deleted one tells no reason", [{ ...withdrawn, deleted: true }], "viewer", false, "DOWNLOAD_FORBIDDEN"],
    ["one published version suffices", [withdrawn, published], "viewer", false, undefined],
    ["a contributor takes a withdrawn version", [withdrawn], "contributor", false, undefined],
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

  it("tells why a version was withdrawn, of a long text the beginning", () => {
    const check = (stateReason: string) => () =>
      checkDownload("artifacts/x", [{ ...withdrawn, stateReason }], "viewer", false);
    expect(check("It leaks names.")).to.throw('models/x/versions/1.0.0 was withdrawn ("It leaks names.").');
    expect(check("\u{1f600}".repeat(4096))).to.throw(`"${"\u{1f600}".repeat(200)}…"`);
  });
});

describe("checkSharedDownload", () => {
  const ofShared = (state: VersionState): ReferencingVersion => ({ ...version(state), shared: true });
  const cases: [string, ReferencingVersion[], string | undefined][] = [
    ["others take what a shared model has published", [ofShared(VersionState.PUBLISHED)], undefined],
    ["others take nothing of other models", [published], "TENANT_FORBIDDEN"],
    ["others wait for the publication", [ofShared(VersionState.READY), published], "TENANT_FORBIDDEN"],
    ["others take nothing deleted", [{ ...ofShared(VersionState.PUBLISHED), deleted: true }], "TENANT_FORBIDDEN"],
    ["others are told of a withdrawal", [ofShared(VersionState.WITHDRAWN), published], "VERSION_WITHDRAWN"],
    ["others take nothing dangerous", [ofShared(VersionState.PUBLISHED), dangerous], "VERSION_QUARANTINED"],
  ];
  for (const [what, versions, reason] of cases) {
    it(what, () => {
      const check = () => checkSharedDownload("tenants/acme/artifacts/x", versions);
      if (reason === undefined) check();
      else expect(check).to.throw().with.property("reason", reason);
    });
  }
});

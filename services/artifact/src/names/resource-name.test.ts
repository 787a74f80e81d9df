import type { Caller } from "@slipway/rpc";
import { expect } from "chai";
import { artifactDigest, uploadUid } from "./resource-name.ts";

const caller: Caller = { tenantUid: "t", tenant: "acme", principal: "users/alice", role: "viewer", service: false };
const digest = "0123456789abcdef".repeat(4);
const uid = "01234567-89ab-7cde-8f01-23456789abcd";

describe("names of artifacts and uploads", () => {
  it("are accepted with the caller's tenant and without", () => {
    expect(artifactDigest(caller, `artifacts/${digest}`)).to.equal(digest);
    expect(artifactDigest(caller, `tenants/acme/artifacts/${digest}`)).to.equal(digest);
    expect(uploadUid(caller, `uploads/${uid}`)).to.equal(uid);
    expect(uploadUid(caller, `tenants/acme/uploads/${uid}`)).to.equal(uid);
  });

  const refused: [string, string][] = [
    [`tenants/other/artifacts/${digest}`, "TENANT_FORBIDDEN"],
    [`tenants//artifacts/${digest}`, "TENANT_FORBIDDEN"],
    [`artifacts/${digest}/`, "RESOURCE_NAME_INVALID"],
    [`artifacts/${digest.toUpperCase()}`, "RESOURCE_NAME_INVALID"],
    [`artifacts/${digest}0`, "RESOURCE_NAME_INVALID"],
    ["artifacts/", "RESOURCE_NAME_INVALID"],
    [digest, "RESOURCE_NAME_INVALID"],
    [`uploads/${uid}`, "RESOURCE_NAME_INVALID"],
    ["artifacts/../../x", "RESOURCE_NAME_INVALID"],
  ];
  for (const [name, reason] of refused) {
    it(`refuses ${name.slice(0, 40)} with ${reason}`, () => {
      expect(() => artifactDigest(caller, name))
        .to.throw()
        .with.property("reason", reason);
    });
  }

  it("refuses an upload that is no uid", () => {
    expect(() => uploadUid(caller, "uploads/1"))
      .to.throw()
      .with.property("reason", "RESOURCE_NAME_INVALID");
  });
});

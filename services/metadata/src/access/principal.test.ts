import { expect } from "chai";
import { checkPrincipal, tenantNameOf } from "./principal.ts";

const fields = { name: "principal.name", owner: "principal.owner" };

describe("checkPrincipal", () => {
  it("accepts users, and service accounts with an owner", () => {
    checkPrincipal({ name: "users/alice", owner: "" }, fields);
    checkPrincipal({ name: "serviceAccounts/ci.nightly", owner: "users/alice" }, fields);
  });

  const refused: [string, string][] = [
    ["alice", ""],
    ["users/", ""],
    ["users/Alice", ""],
    ["users/a/b", ""],
    ["users/alice", "users/bob"],
    ["serviceAccounts/ci", ""],
    ["serviceAccounts/ci", "serviceAccounts/other"],
    [`users/${"a".repeat(64)}`, ""],
  ];
  for (const [name, owner] of refused) {
    it(`refuses ${name} owned by "${owner}"`, () =>
      expect(() => checkPrincipal({ name, owner }, fields))
        .to.throw()
        .with.property("reason", "PRINCIPAL_NAME_INVALID"));
  }
});

describe("tenantNameOf", () => {
  it("takes the name behind the prefix", () => expect(tenantNameOf("tenants/acme-2")).to.equal("acme-2"));
  for (const name of ["", "tenants/", "tenants/Acme", "tenants/a/b", "tenants/platform", "tenants/2fast"]) {
    it(`refuses "${name}"`, () =>
      expect(() => tenantNameOf(name))
        .to.throw()
        .with.property("reason", "TENANT_NAME_INVALID"));
  }
});

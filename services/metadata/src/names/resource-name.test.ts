import { type Caller, RpcError } from "@slipway/rpc";
import { expect } from "chai";
import { artifactOf, modelOf, modelOrAllOf, versionOf } from "./resource-name.ts";

const caller: Caller = { tenantUid: "t", tenant: "acme", principal: "users/a", role: "viewer", service: false };
const digest = "0123456789abcdef".repeat(4);

describe("resource names", () => {
  it("reads names with and without the own tenant", () => {
    expect(modelOf(caller, "models/my iris", "name")).to.equal("my iris");
    expect(modelOf(caller, "tenants/acme/models/iris", "name")).to.equal("iris");
    expect(modelOrAllOf(caller, "models/-", "name")).to.equal(undefined);
    expect(modelOrAllOf(caller, "tenants/acme/models/-", "name")).to.equal(undefined);
    expect(versionOf(caller, "models/iris/versions/1.2.0-rc.1", "name")).to.deep.equal({
      model: "iris",
      number: "1.2.0-rc.1",
    });
    expect(versionOf(caller, "tenants/acme/models/iris/versions/1.2.0", "name").number).to.equal("1.2.0");
    expect(artifactOf(caller, `tenants/acme/artifacts/${digest}`, "name")).to.equal(`artifacts/${digest}`);
  });

  const refused: [read: (name: string) => unknown, name: string, reason: string][] = [
    [(name) => modelOf(caller, name, "name"), "tenants/other/models/iris", "TENANT_FORBIDDEN"],
    [(name) => modelOf(caller, name, "name"), "tenants//models/iris", "TENANT_FORBIDDEN"],
    [(name) => modelOrAllOf(caller, name, "name"), "tenants/other/models/-", "TENANT_FORBIDDEN"],
    [(name) => versionOf(caller, name, "name"), "tenants/other/models/iris/versions/1.0.0", "TENANT_FORBIDDEN"],
    [(name) => artifactOf(caller, name, "name"), `tenants/other/artifacts/${digest}`, "TENANT_FORBIDDEN"],
    [(name) => modelOf(caller, name, "name"), "iris", "RESOURCE_NAME_INVALID"],
    [(name) => modelOf(caller, name, "name"), "versions/iris", "RESOURCE_NAME_INVALID"],
    [(name) => modelOf(caller, name, "name"), "tenants/acme", "RESOURCE_NAME_INVALID"],
    [(name) => modelOf(caller, name, "name"), "models/", "MODEL_NAME_INVALID"],
    [(name) => modelOf(caller, name, "name"), "models/a/b", "MODEL_NAME_INVALID"],
    [(name) => modelOf(caller, name, "name"), "models/-", "MODEL_NAME_INVALID"],
    [(name) => versionOf(caller, name, "name"), "models/iris", "RESOURCE_NAME_INVALID"],
    [(name) => versionOf(caller, name, "name"), "models/iris/versions/1.0.0/files", "RESOURCE_NAME_INVALID"],
    [(name) => versionOf(caller, name, "name"), "models/iris/versions/latest", "VERSION_NUMBER_INVALID"],
    [(name) => artifactOf(caller, name, "name"), "artifacts/0123", "RESOURCE_NAME_INVALID"],
    [(name) => artifactOf(caller, name, "name"), `artifacts/${digest.toUpperCase()}`, "RESOURCE_NAME_INVALID"],
    [(name) => artifactOf(caller, name, "name"), digest, "RESOURCE_NAME_INVALID"],
  ];
  for (const [read, name, reason] of refused) {
    it(`refuses ${name} with ${reason}`, () => {
      expect(() => read(name))
        .to.throw(RpcError)
        .that.includes({ reason });
    });
  }
});

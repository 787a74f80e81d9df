import { AccessService } from "@slipway/gen/slipway/access/v1/access_service_pb.js";
import { Role } from "@slipway/gen/slipway/access/v1/rule_pb.js";
import { silentLogger } from "@slipway/runtime";
import { expect } from "chai";
import { caught } from "../testing/caught.ts";
import { refusingHandlers } from "../testing/index.ts";
import { fail } from "./fail.ts";
import { bind, type Handlers } from "./handlers.ts";
import { createInProcessTransport } from "./in-process-transport.ts";
import { remoteLookUp } from "./remote-look-up.ts";

const KEY = `slw_abcdefgh1_${"k".repeat(43)}`;

const ADA = {
  tenant: "acme",
  tenantUid: "t1",
  principal: "users/ada",
  role: Role.CONTRIBUTOR,
  platformAdministrator: false,
  service: false,
  key: "keys/abcdefgh1",
};

function lookUp(authenticate: Handlers<typeof AccessService>["authenticate"]) {
  const bindings = [bind(AccessService, { ...refusingHandlers(AccessService), authenticate })];
  return remoteLookUp(createInProcessTransport({ bindings, interceptors: [], log: silentLogger }));
}

describe("the look-up of a key by another service than metadata", () => {
  it("answers whose it is", async () => {
    const asked: string[] = [];
    const find = lookUp(async ({ key }) => {
      asked.push(key);
      return ADA;
    });
    expect(await find(KEY)).to.deep.equal({
      tenantUid: "t1",
      tenant: "acme",
      principal: "users/ada",
      role: "contributor",
      service: false,
      platformAdministrator: false,
      keyId: "abcdefgh1",
    });
    expect(asked).to.deep.equal([KEY]);
  });

  it("passes on what is wrong with the key", async () => {
    for (const reason of ["KEY_UNKNOWN", "KEY_REVOKED"] as const) {
      const error = await caught(lookUp(async () => Promise.reject(fail(reason)))(KEY));
      expect([error.code, error.reason]).to.deep.equal(["UNAUTHENTICATED", reason]);
    }
  });

  it("asks nobody about what is no key", async () => {
    const find = lookUp(() => expect.fail("asked"));
    expect((await caught(find("slw_short"))).reason).to.equal("KEY_MALFORMED");
  });

  it("never takes metadata's own trouble for a wrong key", async () => {
    for (const reason of ["DEPENDENCY_UNAVAILABLE", "STORAGE_FULL", "SERVICE_REQUIRED"] as const) {
      const error = await caught(
        lookUp(async () => Promise.reject(fail(reason, { dependency: "The document store", method: "Authenticate" })))(
          KEY,
        ),
      );
      expect([error.code, error.reason]).to.deep.equal(["UNAVAILABLE", "DEPENDENCY_UNAVAILABLE"]);
      expect(error.metadata).to.deep.equal({ dependency: "The metadata service" });
    }
    const newer = await caught(lookUp(async () => ({ ...ADA, role: 99 as Role }))(KEY));
    expect(newer.reason).to.equal("DEPENDENCY_UNAVAILABLE");
  });
});

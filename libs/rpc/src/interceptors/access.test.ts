import { Health as HealthService } from "@slipway/gen/grpc/health/v1/health_pb.js";
import { AccessService } from "@slipway/gen/slipway/access/v1/access_service_pb.js";
import { silentLogger } from "@slipway/runtime";
import { expect } from "chai";
import { caught } from "../../testing/caught.ts";
import { EchoService, echoHandlers } from "../../testing/index.ts";
import type { CallContext } from "../call-context.ts";
import type { Caller, Role } from "../caller.ts";
import { createClient } from "../client.ts";
import { bind, type Handlers } from "../handlers.ts";
import { Health } from "../health.ts";
import { createInProcessTransport } from "../in-process-transport.ts";
import { createAccessInterceptor } from "./access.ts";
import { onBehalfOf } from "./acting-for.ts";

const CALLERS: Readonly<Record<string, Caller>> = {
  ...Object.fromEntries(
    (["viewer", "contributor", "reviewer", "admin"] as Role[]).map((role) => [
      role,
      { tenantUid: "t1", tenant: "default", principal: `users/${role}`, role, service: false },
    ]),
  ),
  platform: {
    tenantUid: "platform",
    tenant: "platform",
    principal: "users/root",
    role: "admin",
    service: false,
    platformAdministrator: true,
  },
  service: {
    tenantUid: "platform",
    tenant: "platform",
    principal: "serviceAccounts/slipway",
    role: "viewer",
    service: true,
  },
};

/** A client of an AccessService that answers everything, and the callers that its handlers saw. */
function serve() {
  const seen: (Caller | undefined)[] = [];
  const answer = async (_: unknown, context: CallContext) => {
    seen.push(context.caller);
    return {};
  };
  const handlers = Object.fromEntries(AccessService.methods.map(({ localName }) => [localName, answer]));
  const transport = createInProcessTransport({
    bindings: [bind(AccessService, handlers as Handlers<typeof AccessService>)],
    interceptors: [createAccessInterceptor(async (headers) => CALLERS[headers.get("authorization") ?? ""])],
    log: silentLogger,
  });
  return { client: createClient(AccessService, transport), seen };
}

const as = (caller: string, more = {}) => ({ headers: { authorization: caller, ...more } });

describe("access", () => {
  it("needs a caller for every method", async () => {
    const { client, seen } = serve();
    expect((await caught(client.whoAmI({}))).reason).to.equal("KEY_MISSING");
    expect(seen).to.deep.equal([]);
  });

  it("comes before validation, so that strangers learn nothing", async () => {
    const { client } = serve();
    expect((await caught(client.authenticate({}))).reason).to.equal("KEY_MISSING");
    expect((await caught(client.authenticate({}, as("service")))).reason).to.equal("REQUEST_INVALID");
  });

  it("admits roles from the one in the rule upwards", async () => {
    const { client } = serve();
    for (const role of ["viewer", "contributor", "reviewer"]) {
      const error = await caught(client.listPrincipals({}, as(role)));
      expect([error.code, error.reason]).to.deep.equal(["PERMISSION_DENIED", "ROLE_REQUIRED"]);
      expect(error.metadata).to.deep.equal({
        method: "ListPrincipals",
        required: "admin",
        principal: `users/${role}`,
        role,
      });
    }
    await client.listPrincipals({}, as("admin"));
    for (const role of ["viewer", "contributor", "reviewer", "admin"]) await client.whoAmI({}, as(role));
  });

  it("keeps methods for services, and for the platform administrator", async () => {
    const { client } = serve();
    const key = "slw_x";
    expect((await caught(client.authenticate({ key }, as("admin")))).reason).to.equal("SERVICE_REQUIRED");
    expect((await caught(client.authenticate({ key }, as("platform")))).reason).to.equal("SERVICE_REQUIRED");
    await client.authenticate({ key }, as("service"));
    for (const caller of ["admin", "service"]) {
      expect((await caught(client.listTenants({}, as(caller)))).reason).to.equal("PLATFORM_ADMINISTRATOR_REQUIRED");
    }
    await client.listTenants({}, as("platform"));
  });

  it("lets services above roles, and act for a tenant and a principal", async () => {
    const { client, seen } = serve();
    await client.listPrincipals({}, as("service", onBehalfOf("t9", "acme", "users/ada")));
    expect(seen).to.deep.equal([
      { tenantUid: "t9", tenant: "acme", principal: "users/ada", role: "viewer", service: true },
    ]);
  });

  it("lets nobody else act for others", async () => {
    const { client } = serve();
    for (const caller of ["viewer", "admin", "platform"]) {
      const error = await caught(client.whoAmI({}, as(caller, onBehalfOf("t9", "acme", "users/ada"))));
      expect([error.code, error.reason]).to.deep.equal(["PERMISSION_DENIED", "ON_BEHALF_OF_REFUSED"]);
      const tenantOnly = { "slipway-on-behalf-of-tenant": "t9/acme" };
      expect((await caught(client.whoAmI({}, as(caller, tenantOnly)))).reason).to.equal("ON_BEHALF_OF_REFUSED");
    }
  });

  it("refuses half of the headers for acting for others", async () => {
    const { client } = serve();
    for (const headers of [
      { "slipway-on-behalf-of-tenant": "t9/acme" },
      { "slipway-on-behalf-of-principal": "users/ada" },
      { "slipway-on-behalf-of-tenant": "acme", "slipway-on-behalf-of-principal": "users/ada" },
      { "slipway-on-behalf-of-tenant": "t9/acme/x", "slipway-on-behalf-of-principal": "users/ada" },
    ]) {
      expect((await caught(client.whoAmI({}, as("service", headers)))).reason).to.equal("ON_BEHALF_OF_INVALID");
    }
  });

  it("refuses to start with a method that has no rule", () => {
    const interceptors = [createAccessInterceptor(async () => undefined)];
    const start = () =>
      createInProcessTransport({ bindings: [bind(EchoService, echoHandlers)], interceptors, log: silentLogger });
    expect(start).to.throw("slipway.testing.v1.EchoService/Echo has no (slipway.access.v1.rule)");
  });

  it("lets anybody ask for health", async () => {
    const health = new Health([]);
    const interceptors = [createAccessInterceptor(async () => undefined)];
    const transport = createInProcessTransport({ bindings: [health.binding()], interceptors, log: silentLogger });
    await createClient(HealthService, transport).check({});
  });
});

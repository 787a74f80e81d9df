import { AccessService } from "@slipway/gen/slipway/access/v1/access_service_pb.js";
import {
  bind,
  type CallContext,
  callerOf,
  createAccessInterceptor,
  createAuthenticator,
  createClient,
  createGrpcTransport,
  fail,
  Health,
  type Interceptor,
  keyIdOf,
  type RpcError,
  SERVICE_PRINCIPAL,
  startServer,
  type TlsOptions,
} from "@slipway/rpc";
import { createTestAuthority, refusingHandlers } from "@slipway/rpc/testing";
import { silentLogger, systemClock } from "@slipway/runtime";
import { until } from "@slipway/runtime/testing";
import { expect } from "chai";
import { createPeerTransport } from "./peer-transport.ts";
import { PeerWatch } from "./peer-watch.ts";

const SERVICE_KEY = "5e".repeat(32);
const DAY_MS = 24 * 60 * 60 * 1000;

describe("the watch over another service", () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  interface Peer {
    open?: boolean;
    tls?: TlsOptions;
    port?: number;
    gate?: Interceptor;
  }

  async function metadata({ open = false, tls, port = 0, gate = (_context, next) => next() }: Peer = {}) {
    const lookUp = async (key: string) => {
      keyIdOf(key);
      throw fail("KEY_UNKNOWN");
    };
    const authenticate = createAuthenticator({ open, serviceKey: SERVICE_KEY, lookUp, clock: systemClock });
    const whoAmI = async (_request: unknown, context: CallContext) => ({ principal: callerOf(context).principal });
    const health = new Health(["x.Y"]);
    const server = await startServer({
      address: `127.0.0.1:${port}`,
      bindings: [bind(AccessService, { ...refusingHandlers(AccessService), whoAmI }), health.binding()],
      interceptors: [gate, createAccessInterceptor(authenticate)],
      log: silentLogger,
      ...(tls && { tls }),
    });
    ends.push(() => server.close());
    return { server, health, url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${server.port}` };
  }

  interface Watched {
    peer?: "metadata" | "artifact";
    key?: string;
    tls?: TlsOptions;
    aheadMs?: number;
  }

  function watch(url: string, { peer = "metadata", key = SERVICE_KEY, tls, aheadMs = 0 }: Watched = {}) {
    const transport = createGrpcTransport({ url, headers: { authorization: `Bearer ${key}` }, ...(tls && { tls }) });
    ends.push(() => transport.close());
    const clock = { nowMs: () => Date.now() + aheadMs };
    const watching = new PeerWatch({ peer, url, transport, clock });
    watching.start();
    ends.push(() => watching.stop());
    const told = (pattern: RegExp) => until(`it says ${pattern}`, () => pattern.test(watching.missing()[0] ?? ""));
    const well = () => until("it finds nothing", () => watching.missing().length === 0);
    return { watching, transport, told, well };
  }

  it("finds nothing where all is well", async () => {
    const { url } = await metadata();
    const { watching, well } = watch(url);
    expect(watching.missing()[0]).to.match(/metadata service has not answered yet/);
    await well();
    expect(watching.warnings()).to.deep.equal([]);
  });

  it("says that it does not answer, and sees it come back", async () => {
    const { server, url } = await metadata();
    const { told, well } = watch(url);
    await well();
    await server.close();
    await told(/^the metadata service does not answer at http:/);
    await metadata({ port: server.port });
    await well();
  });

  it("says that it refuses the credential, also in open mode", async () => {
    for (const open of [false, true]) {
      const { url } = await metadata({ open });
      await watch(url, { key: "0f".repeat(32) }).told(/refuses this one: their SLIPWAY_SERVICE_KEY differ/);
    }
  });

  it("says that it does not serve yet, and why", async () => {
    const gate = () => Promise.reject(fail("DEPENDENCY_UNAVAILABLE", { dependency: "The document store" }));
    const { url } = await metadata({ gate });
    await watch(url).told(/does not serve yet: The document store cannot be reached/);
  });

  it("asks other services than metadata for their health", async () => {
    const { url, health } = await metadata();
    const { told, well } = watch(url, { peer: "artifact" });
    await told(/^the artifact service does not serve yet/);
    health.setMissing(["x.Y"], []);
    await well();
  });

  it("says that its certificate has expired", async () => {
    const authority = createTestAuthority("Test authority");
    const { certificate: authorities } = authority;
    const { url } = await metadata({ tls: authority.issue("metadata", { toMs: Date.now() - DAY_MS }) });
    await watch(url, { tls: { authorities } }).told(/no trusted connection to the metadata .*certificate has expired/);
  });

  it("says that it wants a certificate", async () => {
    const authority = createTestAuthority("Test authority");
    const { certificate: authorities } = authority;
    const { url } = await metadata({ tls: { ...authority.issue("metadata"), authorities } });
    await watch(url, { tls: { authorities } }).told(/no trusted connection .*certificate required/);
    await watch(url, { tls: { authorities, ...authority.issue("artifact") } }).well();
  });

  it("warns of a clock that differs by more than a lease bears", async () => {
    const { url } = await metadata();
    for (const [aheadMs, words] of [
      [10_000, /the clock of the metadata service is \d+ s behind this one/],
      [-10_000, /the clock of the metadata service is \d+ s ahead of this one/],
    ] as const) {
      const { watching } = watch(url, { aheadMs });
      const [warning] = await until("it warns", () => watching.warnings().length > 0 && watching.warnings());
      expect(warning).to.match(words);
      expect(watching.missing()).to.deep.equal([]);
    }
  });

  it("leaves it to the operator: a client is told only that the service is away", async () => {
    const { server, url } = await metadata();
    const whoAmI = async (key: string) => {
      const { transport } = watch(url, { key });
      const client = createClient(AccessService, createPeerTransport("metadata", transport));
      return client.whoAmI({}).catch((error: RpcError) => `${error.code} ${error.reason} ${error.message}`);
    };
    expect(await whoAmI(SERVICE_KEY)).to.include({ principal: SERVICE_PRINCIPAL });
    const away = /^UNAVAILABLE DEPENDENCY_UNAVAILABLE The metadata service cannot be reached/;
    expect(await whoAmI("0f".repeat(32))).to.match(away);
    await server.close();
    expect(await whoAmI(SERVICE_KEY)).to.match(away);
  });
});

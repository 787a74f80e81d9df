import { silentLogger } from "@slipway/runtime";
import { expect } from "chai";
import { caught } from "../testing/caught.ts";
import { createTestAuthority, EchoService, echoHandlers } from "../testing/index.ts";
import { createClient } from "./client.ts";
import { createGrpcTransport } from "./grpc-transport.ts";
import { bind } from "./handlers.ts";
import { type RunningServer, startServer } from "./server.ts";
import type { TlsOptions } from "./tls.ts";

const authority = createTestAuthority("Slipway test authority");
const { certificate: authorities } = authority;
const serverPair = authority.issue("server");
const clientPair = authority.issue("client");

describe("TLS", () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function serve(tls?: TlsOptions): Promise<RunningServer> {
    const bindings = [bind(EchoService, echoHandlers)];
    const server = await startServer({
      bindings,
      interceptors: [],
      log: silentLogger,
      address: "127.0.0.1:0",
      ...(tls ? { tls } : {}),
    });
    ends.push(() => server.close());
    return server;
  }

  function call(url: string, tls?: TlsOptions) {
    const transport = createGrpcTransport({ url, ...(tls ? { tls } : {}) });
    ends.push(() => transport.close());
    return createClient(EchoService, transport).echo({ text: "hello" }, { timeoutMs: 5_000 });
  }

  it("works with the authority that the client trusts", async () => {
    const { address } = await serve(serverPair);
    expect((await call(`https://${address}`, { authorities })).text).to.equal("hello");
  });

  it("is refused by a client that does not trust the authority", async () => {
    const { address } = await serve(serverPair);
    const error = await caught(call(`https://${address}`));
    expect(error.reason).to.equal("SERVER_UNTRUSTED");
    expect(error.message).to.match(/certificate.*SLIPWAY_TLS_AUTHORITIES/);
  });

  it("is refused by a client once the certificate has expired", async () => {
    const { address } = await serve(authority.issue("server", { toMs: Date.now() - 1000 }));
    const error = await caught(call(`https://${address}`, { authorities }));
    expect(error.reason).to.equal("SERVER_UNTRUSTED");
    expect(error.metadata.problem).to.match(/certificate has expired/);
  });

  it("asks clients for a certificate where the server has authorities", async () => {
    const { address } = await serve({ ...serverPair, authorities });
    expect((await call(`https://${address}`, { authorities, ...clientPair })).text).to.equal("hello");
    expect((await caught(call(`https://${address}`, { authorities }))).code).to.equal("UNAVAILABLE");
  });

  it("does not answer plaintext", async () => {
    const { address } = await serve(serverPair);
    expect((await caught(call(`http://${address}`))).code).to.equal("UNAVAILABLE");
  });

  it("needs certificate and key", async () => {
    const error = await serve({ certificate: serverPair.certificate }).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(TypeError);
  });
});

describe("addresses", () => {
  it("are refused unless they are http or https with a host", () => {
    for (const url of ["localhost:7000", "ftp://localhost", "http://localhost/models", ""]) {
      expect(() => createGrpcTransport({ url })).to.throw("is not the address of a server");
    }
  });

  it("that nobody listens on are named in the error", async () => {
    const transport = createGrpcTransport({ url: "http://127.0.0.1:1" });
    const error = await caught(createClient(EchoService, transport).echo({}));
    transport.close();
    expect([error.reason, error.metadata]).to.deep.equal(["SERVER_UNREACHABLE", { url: "http://127.0.0.1:1" }]);
  });
});

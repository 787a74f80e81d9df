import { once } from "node:events";
import { connect, constants } from "node:http2";
import {
  Health as HealthService,
  HealthCheckResponse_ServingStatus as Status,
} from "@slipway/gen/grpc/health/v1/health_pb.js";
import { silentLogger } from "@slipway/runtime";
import { expect } from "chai";
import { caught, collect } from "../testing/caught.ts";
import { EchoService, echoHandlers } from "../testing/index.ts";
import { createClient } from "./client.ts";
import { createGrpcTransport } from "./grpc-transport.ts";
import { bind } from "./handlers.ts";
import { Health } from "./health.ts";
import { type RunningServer, startServer } from "./server.ts";

describe("the server", () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function serve(handlers: Partial<typeof echoHandlers> = {}) {
    const health = new Health([EchoService.typeName]);
    health.setMissing([EchoService.typeName], []);
    const bindings = [bind(EchoService, { ...echoHandlers, ...handlers }), health.binding()];
    const server = await startServer({ bindings, interceptors: [], log: silentLogger, address: "127.0.0.1:0", health });
    const transport = createGrpcTransport({ url: `http://${server.address}` });
    ends.push(
      () => server.close(),
      () => transport.close(),
    );
    return { server, transport, echo: createClient(EchoService, transport) };
  }

  it("tells which port it took", async () => {
    const { server } = await serve();
    expect(server.port).to.be.greaterThan(0);
    expect(server.address).to.equal(`127.0.0.1:${server.port}`);
  });

  it("fails to start on an address that is taken", async () => {
    const { server } = await serve();
    const again = startServer({ bindings: [], interceptors: [], log: silentLogger, address: server.address });
    expect(await again.catch((error: unknown) => error)).to.be.instanceOf(Error);
  });

  it("opens HTTP/2 windows of 8 MiB for streams and for the connection", async () => {
    const { server } = await serve();
    const session = connect(`http://${server.address}`);
    ends.push(() => session.close());
    while (session.remoteSettings.initialWindowSize !== 8 * 1024 * 1024) await once(session, "remoteSettings");
    const stream = session.request({
      ":method": constants.HTTP2_METHOD_POST,
      ":path": "/slipway.testing.v1.EchoService/Upload",
      "content-type": "application/grpc",
    });
    ends.push(() => stream.close());
    while ((session.state.remoteWindowSize ?? 0) < 8 * 1024 * 1024) await new Promise(setImmediate);
  });

  it("drains: says NOT_SERVING, takes no more calls, lets running ones end", async () => {
    const begun = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const { server, transport, echo } = await serve({
      echo: async ({ text }) => {
        begun.resolve();
        await go.promise;
        return { text };
      },
    });
    const statuses: Status[] = [];
    const watching = (async () => {
      const health = createClient(HealthService, transport);
      for await (const { status } of health.watch({ service: EchoService.typeName })) statuses.push(status);
    })();
    while (statuses.length === 0) await new Promise(setImmediate);
    const running = echo.echo({ text: "last" });
    await begun.promise;
    const drained = server.drain(10_000);
    await watching;
    expect(statuses).to.deep.equal([Status.SERVING, Status.NOT_SERVING]);
    expect((await caught(newClient(server).echo({}))).code).to.equal("UNAVAILABLE");
    go.resolve();
    expect((await running).text).to.equal("last");
    expect(await drained).to.equal(0);
  });

  it("drains streams without an end that heed the signal", async () => {
    const { server, echo } = await serve({
      repeat: async function* (_, { draining }) {
        yield { index: 0 };
        await once(draining, "abort");
        yield { index: 1 };
      },
    });
    const answers = collect(echo.repeat({}));
    const drained = (async () => {
      for await (const { index } of echo.repeat({})) if (index === 0) return server.drain(10_000);
      return undefined;
    })();
    expect(await drained).to.equal(0);
    expect((await answers).length).to.equal(2);
  });

  it("cuts off what outlasts the time to drain, and lets it clean up", async () => {
    const cleanedUp = Promise.withResolvers<unknown>();
    const begun = Promise.withResolvers<void>();
    const { server, echo } = await serve({
      echo: async (_, { signal }) => {
        begun.resolve();
        await once(signal, "abort");
        cleanedUp.resolve(signal.reason);
        return {};
      },
    });
    const running = caught(echo.echo({}));
    await begun.promise;
    expect(await server.drain(10)).to.equal(1);
    expect(await cleanedUp.promise).to.include({ reason: "SERVER_DRAINING" });
    expect((await running).code).to.be.oneOf(["UNAVAILABLE", "CANCELLED"]);
  });

  function newClient(server: RunningServer) {
    const transport = createGrpcTransport({ url: `http://${server.address}` });
    ends.push(() => transport.close());
    return createClient(EchoService, transport);
  }
});

describe("bindings", () => {
  it("need a handler for every method", () => {
    const { echo: _, ...rest } = echoHandlers;
    expect(() => bind(EchoService, rest as typeof echoHandlers)).to.throw("slipway.testing.v1.EchoService.Echo");
  });

  it("must not clash", async () => {
    const bindings = [bind(EchoService, echoHandlers), bind(EchoService, echoHandlers)];
    const started = startServer({ bindings, interceptors: [], log: silentLogger, address: "127.0.0.1:0" });
    expect(String(await started.catch((error: unknown) => error))).to.contain("/slipway.testing.v1.EchoService/Echo");
  });
});

import { DocumentStoreError } from "@slipway/documents";
import { bind, createClient, createGrpcTransport, type RpcError, type Transport } from "@slipway/rpc";
import { EchoService, echoHandlers } from "@slipway/rpc/testing";
import { Lifecycle, type Logger, silentLogger } from "@slipway/runtime";
import { until } from "@slipway/runtime/testing";
import { expect } from "chai";
import { type Hosted, type HostOptions, hostApp } from "./host-app.ts";
import type { ServedApp } from "./hosted-app.ts";

/** Notes what is logged, by its level. */
function notingLogger(lines: string[]): Logger {
  const note = (level: string) => (fields: Record<string, unknown>, message: string) => {
    if (message !== "call") lines.push(`${level} ${message}: ${fields.missing ?? fields.warning ?? ""}`);
  };
  const [info, warn, error] = [note("info"), note("warn"), note("error")];
  return { ...silentLogger, info, warn, error, child: () => notingLogger(lines) };
}

describe("a hosted app", () => {
  const ends: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function host(app: Partial<ServedApp> = {}, options: Partial<HostOptions> = {}) {
    const lines: string[] = [];
    const lifecycle = new Lifecycle({ log: silentLogger, drainTimeoutMs: 1_000 });
    let transport: Transport | undefined;
    const hosted = await new Promise<Hosted>((resolve, reject) => {
      const running = lifecycle.run(async () => {
        const address = { host: "127.0.0.1", port: 0 };
        const hosting = await hostApp({
          configuration: { listen: address, healthListen: address, tlsClients: "required" },
          app: {
            bindings: [bind(EchoService, echoHandlers)],
            interceptors: [],
            start: async () => undefined,
            stop: async () => undefined,
            notReady: () => [],
            ...app,
          },
          finders: [],
          tls: undefined,
          anyHealthPort: false,
          onListening: () => undefined,
          lifecycle,
          log: notingLogger(lines),
          ...options,
        });
        transport = createGrpcTransport({ url: hosting.url });
        resolve(hosting);
      });
      running.catch(reject);
      ends.push(async () => {
        transport?.close();
        lifecycle.stop();
        await running;
      });
    });
    const echo = createClient(EchoService, transport as Transport);
    const health = async () => {
      const response = await fetch(hosted.healthUrl ?? "");
      return { code: response.status, ...((await response.json()) as { missing: string[]; warnings: string[] }) };
    };
    return { echo, health, hosted, lines, lifecycle };
  }

  it("answers calls, and health over HTTP", async () => {
    const { echo, health, hosted } = await host();
    expect((await echo.echo({ text: "hello" })).text).to.equal("hello");
    const version = "0.1.0";
    expect(await health()).to.deep.equal({ code: 200, status: "SERVING", missing: [], warnings: [], version });
    expect((await fetch(hosted.healthUrl?.replace("health", "other") ?? "")).status).to.equal(404);
    expect((await fetch(hosted.healthUrl ?? "", { method: "POST" })).status).to.equal(405);
  });

  it("says what is missing while it is, and logs it once", async () => {
    let missing: string[] = [];
    const finders = [() => ({ missing }), () => ({ warnings: ["the clock is late"] })];
    const { health, lines } = await host({}, { finders });
    missing = ["MongoDB does not answer at h:1", "MongoDB does not answer at h:1"];
    const away = await until("health follows", async () => {
      const answer = await health();
      return answer.code === 503 && answer;
    });
    expect(away.missing).to.deep.equal(["MongoDB does not answer at h:1"]);
    expect(away.warnings).to.deep.equal(["the clock is late"]);
    missing = [];
    await until("health follows", async () => (await health()).code === 200);
    expect(lines).to.deep.equal([
      "warn attention: the clock is late",
      "warn cannot serve: MongoDB does not answer at h:1",
      "info no longer missing: MongoDB does not answer at h:1",
    ]);
  });

  it("serves without what it can do without, and says so", async () => {
    const finders = [() => ({ degraded: ["NATS does not answer"] })];
    const { health, lines, echo } = await host({}, { finders });
    expect(await health()).to.deep.include({ code: 200, status: "DEGRADED", missing: ["NATS does not answer"] });
    expect((await echo.echo({ text: "hello" })).text).to.equal("hello");
    expect(lines).to.deep.equal(["warn serves without: NATS does not answer"]);
  });

  it("starts when its store is there, and refuses calls until then", async () => {
    let attempts = 0;
    let away = true;
    const start = async () => {
      attempts += 1;
      if (away) throw new DocumentStoreError("UNAVAILABLE", "away");
    };
    const { echo, health } = await host({ start });
    expect((await health()).missing).to.deep.equal(["the document store, to start with"]);
    const error = (await echo.echo({}).catch((reason: unknown) => reason)) as RpcError;
    expect([error.code, error.reason]).to.deep.equal(["UNAVAILABLE", "DEPENDENCY_UNAVAILABLE"]);
    await until("it was tried again", () => attempts > 2);
    away = false;
    await until("it has started", async () => (await health()).code === 200);
    expect((await echo.echo({ text: "hello" })).text).to.equal("hello");
  });

  it("says that data is newer, and starts when it is gone", async () => {
    let newer = true;
    const start = async () => {
      if (newer) throw new DocumentStoreError("NEWER_FORMAT", "models have format 9");
    };
    const { health } = await host({ start });
    expect((await health()).missing[0]).to.match(/written by a newer Slipway: models have format 9/);
    newer = false;
    await until("it has started", async () => (await health()).code === 200);
  });

  it("fails where no waiting helps", async () => {
    const start = async () => {
      throw new DocumentStoreError("FULL", "no room");
    };
    const error = await host({ start }).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(DocumentStoreError);
    ends.splice(0);
  });

  it("ends also while it waits for its store", async () => {
    let stopped = 0;
    const unavailable = () => Promise.reject(new DocumentStoreError("UNAVAILABLE", "away"));
    const stop = async () => {
      stopped += 1;
      const ended = await Promise.allSettled([unavailable(), unavailable()]);
      throw new AggregateError(ended.map((each) => (each.status === "rejected" ? each.reason : undefined)));
    };
    await host({ start: unavailable, stop });
    for (const end of ends.splice(0)) await end();
    expect(stopped).to.equal(1);
  });

  it("takes another port for health where nobody asked for one", async () => {
    const { hosted } = await host();
    const port = Number(new URL(hosted.healthUrl ?? "").port);
    const configuration = {
      listen: { host: "127.0.0.1", port: 0 },
      healthListen: { host: "127.0.0.1", port },
      tlsClients: "required" as const,
    };
    const other = await host({}, { configuration, anyHealthPort: true });
    expect(other.hosted.healthUrl).to.not.equal(hosted.healthUrl);
    expect((await other.health()).code).to.equal(200);
    const error = await host({}, { configuration }).catch((reason: unknown) => reason);
    expect(error).to.include({ code: "EADDRINUSE" });
    ends.pop();
  });
});

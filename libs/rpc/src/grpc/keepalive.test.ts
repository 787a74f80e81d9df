import { silentLogger } from "@slipway/runtime";
import { expect } from "chai";
import { caught } from "../../testing/caught.ts";
import { EchoService } from "../../testing/echo_pb.js";
import { echoHandlers } from "../../testing/echo-handlers.ts";
import { StallingProxy } from "../../testing/stalling-proxy.ts";
import type { CallContext } from "../call-context.ts";
import { createClient } from "../client.ts";
import { createGrpcTransport } from "../grpc-transport.ts";
import { bind, type Handlers } from "../handlers.ts";
import { startServer } from "../server.ts";
import { DEFAULT_KEEPALIVE, type Keepalive, keepaliveOptions } from "./keepalive.ts";

const PIECE = new Uint8Array(256 * 1024);

/** A client and a server with a proxy between them. */
async function connected(handlers: Partial<Handlers<typeof EchoService>>, keepalive: Keepalive) {
  const stack = new AsyncDisposableStack();
  const bindings = [bind(EchoService, { ...echoHandlers, ...handlers })];
  const server = await startServer({
    address: "127.0.0.1:0",
    bindings,
    interceptors: [],
    log: silentLogger,
    keepalive,
  });
  stack.defer(() => server.close());
  const proxy = stack.use(await StallingProxy.start(server.port));
  const transport = createGrpcTransport({ url: proxy.url, keepalive });
  stack.defer(() => transport.close());
  return { client: createClient(EchoService, transport), proxy, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

function aborted({ signal }: CallContext): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

async function drain(values: AsyncIterable<unknown>, onValue: () => void): Promise<void> {
  for await (const _ of values) onValue();
}

async function* endlessPieces(onPiece: () => void) {
  for (;;) {
    onPiece();
    yield { part: { case: "data" as const, value: PIECE } };
    await new Promise(setImmediate);
  }
}

describe("keepalive", () => {
  it("notices within 30 seconds, unless told otherwise", () => {
    expect(DEFAULT_KEEPALIVE.intervalMs + DEFAULT_KEEPALIVE.timeoutMs).to.be.at.most(30_000);
    expect(Object.values(keepaliveOptions())).to.have.members(Object.values(DEFAULT_KEEPALIVE));
  });

  it("ends calls on both sides when the network swallows everything: quiet ones, and in the middle of bytes", async () => {
    const handlersEnded: Promise<void>[] = [];
    await using connection = await connected(
      {
        download: async function* (_, context) {
          handlersEnded.push(aborted(context));
          for (;;) {
            yield { data: PIECE };
            await new Promise(setImmediate);
          }
        },
        upload: async (requests, context) => {
          handlersEnded.push(aborted(context));
          for await (const _ of requests);
          return {};
        },
        converse: async function* (_, context) {
          const ended = aborted(context);
          handlersEnded.push(ended);
          yield { text: "quiet from now on" };
          await ended;
        },
      },
      { intervalMs: 200, timeoutMs: 2_000 },
    );
    const { client, proxy } = connection;
    const begun = [0, 1, 2].map(() => Promise.withResolvers<void>());
    const running = (index: number) => begun[index]?.resolve();
    const calls = [
      caught(drain(client.download({}), () => running(0))),
      caught(client.upload(endlessPieces(() => handlersEnded.length > 1 && running(1)))),
      caught(drain(client.converse(endlessSilence()), () => running(2))),
    ];
    await Promise.all(begun.map(({ promise }) => promise));
    proxy.stall();
    for (const error of await Promise.all(calls)) expect(error.code).to.equal("UNAVAILABLE");
    expect(handlersEnded).to.have.length(3);
    await Promise.all(handlersEnded);
  });

  it("leaves a quiet call alone while pings are answered", async () => {
    const proceed = Promise.withResolvers<void>();
    await using connection = await connected(
      {
        converse: async function* () {
          yield { text: "first" };
          await proceed.promise;
          yield { text: "last" };
        },
      },
      { intervalMs: 20, timeoutMs: 30_000 },
    );
    const { client, proxy } = connection;
    const answers = client.converse(endlessSilence())[Symbol.asyncIterator]();
    await answers.next();
    const { passed } = proxy;
    while (proxy.passed < passed + 20) await new Promise(setImmediate);
    proceed.resolve();
    expect((await answers.next()).value).to.include({ text: "last" });
  });
});

async function* endlessSilence(): AsyncGenerator<{ text: string }> {
  await new Promise(() => undefined);
}

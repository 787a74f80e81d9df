import { AccessService } from "@slipway/gen/slipway/access/v1/access_service_pb.js";
import { EventService } from "@slipway/gen/slipway/artifact/v1/event_service_pb.js";
import { UploadService } from "@slipway/gen/slipway/artifact/v1/upload_service_pb.js";
import {
  type Binding,
  bind,
  createClient,
  createInProcessTransport,
  type RpcError,
  startServer,
  type Transport,
} from "@slipway/rpc";
import { refusingHandlers } from "@slipway/rpc/testing";
import { silentLogger } from "@slipway/runtime";
import { expect } from "chai";
import { ClientError } from "./client-error.ts";
import { connect } from "./connection.ts";
import { Router } from "./routed-transport.ts";

interface Endpoints {
  metadata: string;
  artifact: string;
  workflow: string;
}

const SPLIT: Endpoints = { metadata: "http://m", artifact: "http://a", workflow: "http://w" };

/** A world of servers in this process, and a note of every call. */
function world(endpoints: Endpoints, atGiven: "metadata" | "all") {
  const calls: string[] = [];
  const note =
    <T>(server: string, answer: T) =>
    async (_request: unknown, { method }: { method: { name: string } }) => {
      calls.push(`${server} ${method.name}`);
      return answer;
    };
  const transport = (...bindings: Binding[]): Transport =>
    createInProcessTransport({ bindings, interceptors: [], log: silentLogger });
  const access = bind(AccessService, { ...refusingHandlers(AccessService), whoAmI: note("given", { endpoints }) });
  const artifact = (server: string): Binding[] => [
    bind(UploadService, {
      ...refusingHandlers(UploadService),
      startUpload: note(server, { upload: { name: server } }),
    }),
    bind(EventService, {
      ...refusingHandlers(EventService),
      watchEvents: async function* (_request, { method }) {
        calls.push(`${server} ${method.name}`);
        yield { event: {} };
      },
    }),
  ];
  const given = atGiven === "all" ? transport(access, ...artifact("given")) : transport(access);
  const opened: string[] = [];
  const router = new Router(given, (url) => {
    opened.push(url);
    return transport(...artifact(url));
  });
  const uploads = createClient(UploadService, router.to("artifact"));
  const events = createClient(EventService, router.to("artifact"));
  return { calls, opened, uploads, events };
}

describe("the way to a service", () => {
  it("is the given address without a question, where it answers", async () => {
    const { calls, opened, uploads } = world(
      { metadata: "http://x", artifact: "http://x", workflow: "http://x" },
      "all",
    );
    await uploads.startUpload({});
    await uploads.startUpload({});
    expect(calls).to.deep.equal(["given StartUpload", "given StartUpload"]);
    expect(opened).to.deep.equal([]);
  });

  it("is asked for once, where the given address does not know the method", async () => {
    const { calls, opened, uploads } = world(SPLIT, "metadata");
    const [first, second] = await Promise.all([uploads.startUpload({}), uploads.startUpload({})]);
    expect([first.upload?.name, second.upload?.name]).to.deep.equal(["http://a", "http://a"]);
    await uploads.startUpload({});
    expect(calls.toSorted()).to.deep.equal(["given WhoAmI", ...Array(3).fill("http://a StartUpload")]);
    expect(opened).to.deep.equal(["http://a"]);
  });

  it("is known before a stream begins", async () => {
    const split = world(SPLIT, "metadata");
    for await (const { event } of split.events.watchEvents({})) expect(event).to.not.equal(undefined);
    expect(split.calls).to.deep.equal(["given WhoAmI", "http://a WatchEvents"]);
    // One address for all: the one that works from here, whatever the server calls itself.
    const together = world(
      { metadata: "http://0.0.0.0", artifact: "http://0.0.0.0", workflow: "http://0.0.0.0" },
      "all",
    );
    for await (const { event } of together.events.watchEvents({})) expect(event).to.not.equal(undefined);
    expect(together.calls).to.deep.equal(["given WhoAmI", "given WatchEvents"]);
  });

  it("leaves a server alone that knows neither the method nor a way", async () => {
    const { uploads } = world({ metadata: "http://x", artifact: "http://x", workflow: "http://x" }, "metadata");
    const error = await uploads.startUpload({}).catch((reason: unknown) => reason);
    expect((error as RpcError).reason).to.equal("METHOD_UNKNOWN");
  });

  it("is never one on which the key would travel in plaintext unasked", async () => {
    const endpoints = { ...SPLIT, artifact: "http://192.0.2.1:7002" };
    const whoAmI = async () => ({ endpoints });
    const server = await startServer({
      address: "127.0.0.1:0",
      bindings: [bind(AccessService, { ...refusingHandlers(AccessService), whoAmI })],
      interceptors: [],
      log: silentLogger,
    });
    const connection = connect({ url: `http://${server.address}`, key: "slw_1" });
    const error = await connection.uploads.startUpload({}).catch((reason: unknown) => reason);
    connection.close();
    await server.close();
    expect(error).to.be.instanceOf(ClientError);
    expect((error as ClientError).message).to.match(/names http:\/\/192.0.2.1:7002, where the key would travel/);
  });
});

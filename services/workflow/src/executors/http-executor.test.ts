import type { LookupAddress } from "node:dns";
import { create } from "@bufbuild/protobuf";
import { WorkflowSchema } from "@slipway/gen/slipway/workflow/v1/workflow_pb.js";
import { until } from "@slipway/runtime/testing";
import { expect } from "chai";
import { newRun } from "../runs/new-run.ts";
import type { StepOutcome } from "../runs/run-record.ts";
import { type HookServer, startHookServer } from "../testing/hook-server.ts";
import { definitionOf, type FullStep } from "../workflows/definition.ts";
import { HttpExecutor, type HttpExecutorOptions } from "./http-executor.ts";
import { publicLookup } from "./public-lookup-client.ts";

const open: HttpExecutorOptions = { allowPrivateHttp: true };
const closed: HttpExecutorOptions = { allowPrivateHttp: false };

function post(
  url: string,
  options: HttpExecutorOptions,
  {
    headers = {},
    signal = AbortSignal.timeout(20_000),
  }: { headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<StepOutcome> {
  const steps = [{ id: "call", action: { case: "http", value: { url, headers } } as const }];
  const definition = definitionOf(create(WorkflowSchema, { name: "workflows/x", steps }));
  const about = { subject: "", subjectUid: "", artifact: undefined, event: undefined, input: undefined };
  const start = { uid: "run-uid", tenant: "acme", workflow: "workflows/x", creator: "users/alice", ...about };
  const step = definition.steps[0] as FullStep;
  const attempt = { tenantUid: "t", record: newRun(start, definition, 0), step, attempt: 2, outputs: {} };
  return new HttpExecutor(options).execute(attempt, signal);
}

describe("http executor", () => {
  let server: HookServer;
  beforeEach(async () => {
    server = await startHookServer();
  });
  afterEach(() => server.close());

  it("posts JSON with an idempotency key and the headers of the step", async () => {
    server.answer = ({ reply }) => reply({ ok: true }, 201);
    const outcome = await post(`${server.url}/a?b=c`, open, {
      headers: { Authorization: "Bearer x", "User-Agent": "me" },
    });
    expect(outcome).to.deep.equal({ kind: "succeeded", output: { status: 201, body: { ok: true } } });
    const [hook] = server.hooks;
    expect(hook?.path).to.equal("/a?b=c");
    expect(hook?.headers).to.include({
      "idempotency-key": "run-uid/call/2",
      "content-type": "application/json",
      authorization: "Bearer x",
      "user-agent": "me",
      host: server.url.replace("http://", ""),
    });
    expect(hook?.body).to.include({ step: "call", attempt: 2 });
  });

  it("gives text as text, also where it claims to be JSON", async () => {
    server.answer = ({ response }) => response.writeHead(200, { "content-type": "text/plain" }).end("done");
    expect(await post(server.url, open)).to.deep.include({ output: { status: 200, body: "done" } });
    server.answer = ({ response }) => response.writeHead(200, { "content-type": "application/json" }).end("{nope");
    expect(await post(server.url, open)).to.deep.include({ output: { status: 200, body: "{nope" } });
  });

  const statuses: [number, boolean][] = [
    [400, false],
    [401, false],
    [404, false],
    [408, true],
    [409, false],
    [429, true],
    [500, true],
    [503, true],
  ];
  for (const [status, mayPass] of statuses) {
    it(`${mayPass ? "tries again after" : "fails on"} ${status}`, async () => {
      server.answer = ({ reply }) => reply({}, status);
      expect(await post(server.url, open)).to.include({ kind: "failed", mayPass });
    });
  }

  it("does not follow redirects", async () => {
    server.answer = ({ response }) => response.writeHead(307, { location: `${server.url}/elsewhere` }).end();
    const outcome = await post(server.url, open);
    expect(outcome).to.include({ kind: "failed", mayPass: false });
    expect(outcome)
      .to.have.property("message")
      .that.matches(/307.*Redirects are not followed/);
    expect(server.hooks).to.have.length(1);
  });

  it("takes a reply of 1 MiB and refuses a larger one, also where it does not end", async () => {
    const most = Buffer.alloc(1024 * 1024 - 2, "x").toString();
    server.answer = ({ response }) => response.writeHead(200, { "content-type": "application/json" }).end(`"${most}"`);
    expect(await post(server.url, open)).to.include({ kind: "succeeded" });
    server.answer = ({ response }) => response.writeHead(200).end(`${most}xxx`);
    expect(await post(server.url, open)).to.include({ kind: "failed", mayPass: false });
    server.answer = ({ response }) => {
      const pour = () => {
        while (!response.destroyed && response.write("x".repeat(65_536)));
      };
      response.on("drain", pour).writeHead(200);
      pour();
    };
    expect(await post(server.url, open)).to.include({ kind: "failed", mayPass: false });
    await until("the connection is ended", () => server.hooks.at(-1)?.response.destroyed);
  });

  it("tries again after a broken connection, and after one that is refused", async () => {
    server.answer = ({ response }) => void response.socket?.destroy();
    expect(await post(server.url, open)).to.include({ kind: "failed", mayPass: true });
    server.answer = ({ response }) => {
      response.writeHead(200, { "content-length": "10" }).write("half");
      response.socket?.destroy();
    };
    expect(await post(server.url, open)).to.include({ kind: "failed", mayPass: true });
    const gone = await startHookServer();
    await gone.close();
    expect(await post(gone.url, open)).to.include({ kind: "failed", mayPass: true });
  });

  it("ends the request when it is told to stop", async () => {
    server.answer = () => aborter.abort();
    const aborter = new AbortController();
    expect(await post(server.url, open, { signal: aborter.signal })).to.include({ kind: "failed" });
    await until("the request is given up", () => server.hooks[0]?.response.destroyed);
  });

  it("does not try again what cannot be sent", async () => {
    expect(await post(server.url, open, { headers: { "X-A": "\u{1F600}" } })).to.include({ mayPass: false });
  });

  describe("where private addresses are not allowed", () => {
    const port = () => new URL(server.url).port;
    const literals = [
      "127.0.0.1",
      "127.1",
      "2130706433",
      "0x7f000001",
      "0x7f.1",
      "0177.0.0.1",
      "127.0.0.1.",
      "0.0.0.0",
      "[::1]",
      "[::ffff:127.0.0.1]",
      "[::ffff:7f00:1]",
      "[::]",
    ];
    for (const host of literals) {
      it(`refuses the address ${host}`, async () => {
        const outcome = await post(`http://${host}:${port()}/`, closed);
        expect(outcome).to.include({ kind: "failed", mayPass: false });
        expect(outcome)
          .to.have.property("message")
          .that.matches(/not a public address/);
        expect(server.hooks).to.deep.equal([]);
      });
    }

    it("refuses a name of a private address", async () => {
      const outcome = await post(`http://localhost:${port()}/`, closed);
      expect(outcome).to.include({ kind: "failed", mayPass: false });
      expect(outcome)
        .to.have.property("message")
        .that.matches(/localhost is at .* not a public address/);
      expect(server.hooks).to.deep.equal([]);
    });

    const resolving = (...addresses: string[]) =>
      publicLookup((_, give) => {
        const family = (address: string): LookupAddress => ({ address, family: address.includes(":") ? 6 : 4 });
        give(null, addresses.map(family));
      });

    it("connects only to what the one look gave: a name that is rebound gains nothing", async () => {
      let looks = 0;
      const rebinding = publicLookup((_, give) => {
        looks += 1;
        give(null, [{ address: looks === 1 ? "127.0.0.1" : "93.184.216.34", family: 4 }]);
      });
      const outcome = await post(`http://rebound.example:${port()}/`, { ...closed, lookup: rebinding });
      expect(outcome).to.include({ kind: "failed", mayPass: false });
      expect(looks).to.equal(1);
      expect(server.hooks).to.deep.equal([]);
    });

    it("refuses a name with a private address among public ones", async () => {
      const lookup = resolving("93.184.216.34", "::ffff:10.0.0.1");
      expect(await post("http://mixed.example/", { ...closed, lookup })).to.include({ kind: "failed", mayPass: false });
    });

    it("tries again when a name cannot be resolved", async () => {
      const lookup = publicLookup((_, give) => give(new Error("EAI_AGAIN"), []));
      expect(await post("http://unknown.example/", { ...closed, lookup })).to.include({
        kind: "failed",
        mayPass: true,
      });
    });

    it("passes public addresses on to the socket, one or all as asked", () => {
      const given: unknown[] = [];
      const lookup = resolving("93.184.216.34", "8.8.8.8");
      lookup("x.example", { all: true }, (_, address) => given.push(address));
      lookup("x.example", {}, (_, address, family) => given.push([address, family]));
      expect(given).to.deep.equal([
        [
          { address: "93.184.216.34", family: 4 },
          { address: "8.8.8.8", family: 4 },
        ],
        ["93.184.216.34", 4],
      ]);
    });
  });
});

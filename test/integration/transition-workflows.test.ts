import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Connection, connect } from "@slipway/client";
import { CheckState, TransitionState } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import { RunState } from "@slipway/gen/slipway/workflow/v1/run_pb.js";
import { until } from "@slipway/runtime/testing";
import { expect } from "chai";
import { SlipwayProcess } from "../support/slipway-process.ts";

const iris = fileURLToPath(new URL("../../examples/iris", import.meta.url));

/** A call that a workflow's http step made. */
interface Call {
  path: string;
  /** `{run}/{step}/{attempt}`. */
  key: string;
  transition: string;
}

/** Plays the test of a candidate and the deployment system; answers once it is let to. */
class World {
  readonly calls: Call[] = [];
  /** What /test finds. */
  passes = true;
  /** Held calls wait for this. */
  open: Promise<void> = Promise.resolve();
  readonly #server = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request.setEncoding("utf8")) body += piece;
    const { event } = JSON.parse(body) as { event: { subjectUid: string } };
    const path = request.url ?? "";
    this.calls.push({ path, key: String(request.headers["idempotency-key"]), transition: event.subjectUid });
    await this.open;
    const reply = path === "/test" ? { passed: this.passes, message: "50 of 50 requests answered" } : {};
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(reply));
  });

  async start(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The runs that called a path about a transition. */
  runsOf(path: string, transition: string): Set<string> {
    const calls = this.calls.filter((call) => call.path === path && call.transition === transition);
    return new Set(calls.map(({ key }) => key.split("/")[0] ?? ""));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

describe("workflows that transitions start", function () {
  this.timeout(120_000);
  const world = new World();
  const env = { SLIPWAY_ALLOW_PRIVATE_HTTP: "yes" };
  let folder: string;
  let server: SlipwayProcess;
  let connection: Connection;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "slipway-transitions-"));
    server = await SlipwayProcess.start({ home: join(folder, "server"), env });
    connection = connect({ url: server.url });
    const url = await world.start();
    const check = `name: workflows/check-candidates
triggers:
  - event_type: slipway.transition.requested
    filter: event.payload.state == "TRANSITION_STATE_PENDING_CHECKS"
steps:
  - id: test
    http: { url: "${url}/test" }
    retry: { max_attempts: 50, initial_backoff: 0.1s, max_backoff: 0.5s }
  - id: report
    needs: [test]
    report_check: { check: smoke }
`;
    const deploy = `name: workflows/deploy
triggers:
  - event_type: slipway.transition.applied
    filter: event.payload.fromStage == "testing" && event.payload.toStage == "production"
steps:
  - id: deploy
    http: { url: "${url}/deploy" }
    retry: { max_attempts: 50, initial_backoff: 0.1s, max_backoff: 0.5s }
`;
    const policy = `name: models/iris/stagePolicy
stages:
  - name: development
  - name: testing
  - name: production
    exclusive: true
    displaced_to: archived
  - name: archived
edges:
  - { from: development, to: testing }
  - { from: testing, to: production, checks: [{ name: smoke, reporters: [serviceAccounts/slipway] }] }
  - { from: production, to: archived }
`;
    await server.json(["push", iris, "--model", "iris"]);
    for (const [name, text] of Object.entries({ check, deploy })) {
      const file = join(folder, `${name}.yaml`);
      await writeFile(file, text);
      await server.json(["workflow", "apply", file]);
    }
    const file = join(folder, "policy.yaml");
    await writeFile(file, policy);
    await server.json(["policy", "apply", file]);
  });
  after(async () => {
    connection?.close();
    await server?.remove();
    await world.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** A new version in testing, and the transition to production that waits for its check. */
  async function candidate(): Promise<{ version: string; name: string; uid: string }> {
    const { version: number } = await server.json<{ version: string }>(["push", iris, "--model", "iris", "--force"]);
    const version = `models/iris/versions/${number}`;
    await connection.stages.requestTransition({ version, toStage: "testing" });
    const { transition } = await connection.stages.requestTransition({ version, toStage: "production" });
    expect(transition?.state).to.equal(TransitionState.PENDING_CHECKS);
    return { version, name: transition?.name ?? "", uid: transition?.uid ?? "" };
  }

  const ended = (name: string) =>
    until("the transition has ended", async () => {
      const { transition } = await connection.stages.getTransition({ name });
      return transition?.endTime === undefined ? undefined : transition;
    });

  const runsAbout = async (uid: string) => {
    const { runs } = await connection.runs.listRuns({ filter: `subject_uid = "${uid}"` });
    return runs.every(({ state }) => state > RunState.RUNNING) && runs.length === 2 ? runs : undefined;
  };

  it("report a check that lets a transition go on, and deploy what was applied", async () => {
    const { name, uid, version } = await candidate();
    const transition = await ended(name);
    expect(transition).to.deep.include({ state: TransitionState.APPLIED, version });
    expect(transition.checks[0]).to.deep.include({
      check: "smoke",
      state: CheckState.PASSED,
      message: "50 of 50 requests answered",
      reporter: "serviceAccounts/slipway",
    });
    const runs = await until("both runs have ended", () => runsAbout(uid));
    expect(runs.map(({ workflow, state }) => [workflow, state])).to.have.deep.members([
      ["workflows/check-candidates", RunState.SUCCEEDED],
      ["workflows/deploy", RunState.SUCCEEDED],
    ]);
    expect(world.runsOf("/test", uid).size).to.equal(1);
    expect(world.runsOf("/deploy", uid).size).to.equal(1);
  });

  it("report a check that fails, and deploy nothing", async () => {
    world.passes = false;
    const { name, uid } = await candidate();
    const transition = await ended(name);
    world.passes = true;
    expect(transition).to.deep.include({
      state: TransitionState.FAILED,
      endReason: "The check smoke failed: 50 of 50 requests answered",
    });
    expect(world.runsOf("/deploy", uid).size).to.equal(0);
  });

  it("are waited for by `promote --wait`, which says how it ended", async () => {
    for (const [passes, code, words] of [
      [true, 0, /^iris@[\d.]+ is in production\.\n/],
      [false, 1, /^iris@[\d.]+ did not enter production: the transition failed\.\n {2}The check smoke failed/],
    ] as const) {
      world.passes = passes;
      const { version } = await server.json<{ version: string }>(["push", iris, "--model", "iris", "--force"]);
      await server.json(["promote", `iris@${version}`, "testing"]);
      const ended = await server.run(["promote", `iris@${version}`, "production", "--wait"]);
      expect(ended.stdout).to.match(words);
      expect(ended.code).to.equal(code);
    }
    world.passes = true;
  });

  // The places of a check's way: its step at work, its report about to be judged, judged and not answered, deploying.
  for (const point of ["", "metadata.transition.deciding", "metadata.transition.committed"]) {
    it(`do so once after kill -9 ${point === "" ? "while a step is at work" : `at ${point}`}`, async () => {
      if (point !== "") await restart({ SLIPWAY_FAULT_POINT: `${point}:3` });
      const held = Promise.withResolvers<void>();
      if (point === "") world.open = held.promise;
      const { name, uid, version } = await candidate();
      await until("the candidate is tested", () => world.runsOf("/test", uid).size > 0);
      if (point === "") await server.kill();
      else await server.ended;
      expect(server.child.signalCode).to.equal("SIGKILL");
      world.open = Promise.resolve();
      held.resolve();
      await restart();
      const transition = await ended(name);
      expect(transition.state).to.equal(TransitionState.APPLIED);
      const runs = await until("both runs have ended", () => runsAbout(uid));
      expect(runs.map(({ workflow, state }) => [workflow, state])).to.have.deep.members([
        ["workflows/check-candidates", RunState.SUCCEEDED],
        ["workflows/deploy", RunState.SUCCEEDED],
      ]);
      expect(world.runsOf("/test", uid).size).to.equal(1);
      expect(world.runsOf("/deploy", uid).size).to.equal(1);
      const filter = `stage = "production" AND version = "${version.split("/").at(-1)}"`;
      const { entries } = await connection.stages.listStageEntries({ parent: "models/iris", filter });
      expect(entries).to.have.length(1);
    });
  }

  /** Starts the server again on the same data. */
  async function restart(more: Record<string, string> = {}): Promise<void> {
    connection.close();
    if (server.child.exitCode === null && server.child.signalCode === null) await server.stop();
    server = await SlipwayProcess.start({ home: join(folder, "server"), env: { ...env, ...more } });
    connection = connect({ url: server.url });
  }
});

import { type Run, RunState, StepState } from "@slipway/gen/slipway/workflow/v1/run_pb.js";
import { type RunningServer, startServer } from "@slipway/rpc";
import { silentLogger } from "@slipway/runtime";
import { until } from "@slipway/runtime/testing";
import { expect } from "chai";
import { type HookServer, startHookServer } from "../testing/hook-server.ts";
import { httpStep } from "../testing/steps.ts";
import { startWorker, type WorkerOrder, type WorkerProcess } from "../testing/worker-process.ts";
import { interceptors, startWorkflow, type WorkflowServer } from "../testing/workflow-server.ts";
import { workflowFaultPoints } from "./fault-points.ts";

/** Long enough that nothing but a freeze makes a worker lose it on a busy machine, short enough to wait for. */
const LEASE_MS = 1_500;
const LATE = "a late result was refused: the claim is lost";

/** Real processes on one database; this one starts runs and looks at them, and works on none. */
describe("worker processes", () => {
  let hooks: HookServer;
  let server: WorkflowServer;
  let peers: RunningServer;
  let workers: WorkerProcess[];

  beforeEach(async () => {
    workers = [];
    hooks = await startHookServer();
    server = await startWorkflow({ workers: 0 }, silentLogger, "SERVE_ONLY");
    const { bindings } = server.peers;
    peers = await startServer({ address: "127.0.0.1:0", bindings, interceptors, log: silentLogger });
  });
  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.close()));
    await server.close();
    await peers.close();
    await hooks.close();
  });

  async function worker(order: Partial<WorkerOrder> = {}, faultPoint = ""): Promise<WorkerProcess> {
    const settings = { workers: 2, allowPrivateHttp: true, leaseMs: LEASE_MS, sweepMs: 100, eventPollMs: 50 };
    const peersUrl = `http://${peers.address}`;
    const started = await startWorker({ path: server.path, peersUrl, settings, ...order }, faultPoint);
    workers.push(started);
    return started;
  }

  /** Starts a run of two steps, one after the other. */
  async function start(): Promise<string> {
    const { workflows, runs } = server.as();
    const steps = [httpStep("first", hooks.url), httpStep("second", hooks.url, ["first"])];
    await workflows.applyWorkflow({ workflow: { name: "workflows/two", steps } });
    const { run } = await runs.startRun({ workflow: "workflows/two" });
    return run?.name ?? "";
  }

  async function outputsOf(name: string): Promise<unknown[]> {
    const { run } = await server.as().runs.getRun({ name });
    expect(run?.state).to.equal(RunState.SUCCEEDED);
    return run?.steps.map(({ output }) => (output?.body as { by?: string } | undefined)?.by) ?? [];
  }

  async function finishedEvents(): Promise<number> {
    const { events } = server.as();
    return until("its events are numbered", async () => {
      const { events: all } = await events.listEvents({ types: ["slipway.run.finished"] });
      return all.length > 0 && all.length;
    });
  }

  it("refuses what a worker writes that was frozen in a step beyond its lease", async () => {
    hooks.answer = ({ step, reply }) => {
      if (step === "second") reply({ by: "any" });
    };
    const frozen = await worker();
    const name = await start();
    const early = await hooks.got("first", 1);
    // Nothing else is written now: a process that stops while it holds the database's lock would stop everybody.
    await until("the sequencer is done", async () => {
      const { events } = await server.as().events.listEvents({ types: ["slipway.run.created"] });
      return events.length === 1;
    });
    frozen.freeze();
    await frozen.frozen();
    await worker();
    const takenOver = await hooks.got("first", 2);
    early.reply({ by: "frozen" });
    takenOver.reply({ by: "other" });
    await server.ended(name);
    frozen.thaw();
    await until("the late result is refused", () => frozen.logged.includes(LATE));
    expect(await outputsOf(name)).to.deep.equal(["other", "any"]);
    expect(await finishedEvents()).to.equal(1);
    expect(hooks.hooks.map(({ key }) => key.replace(/^[^/]+\//, ""))).to.deep.equal(["first/1", "first/2", "second/1"]);
  });

  const moments: [string, Required<WorkerOrder>["freezeBefore"], string[]][] = [
    ["its first claim", { step: "first", state: "STEP_STATE_RUNNING" }, ["other", "other"]],
    ["the result of its first step", { step: "first", state: "STEP_STATE_SUCCEEDED" }, ["other", "other"]],
    ["the result of its second step", { step: "second", state: "STEP_STATE_SUCCEEDED" }, ["frozen", "other"]],
  ];
  for (const [what, freezeBefore, outputs] of moments) {
    it(`refuses ${what}, written after a freeze beyond its lease`, async () => {
      const name = await start();
      hooks.answer = ({ reply }) => reply({ by: "frozen" });
      const frozen = await worker({ freezeBefore });
      await frozen.frozen();
      hooks.answer = ({ reply }) => reply({ by: "other" });
      await worker();
      await server.ended(name);
      const before = await server.as().runs.getRun({ name });
      frozen.thaw();
      // The very write that it was about to make, with the revision that it had read.
      expect(await frozen.lateWrite()).to.equal("REVISION_MISMATCH");
      expect(await server.as().runs.getRun({ name })).to.deep.equal(before);
      expect(await outputsOf(name)).to.deep.equal(outputs);
      expect(await finishedEvents()).to.equal(1);
    });
  }

  it("tells a worker that was frozen while it extended its lease, and ends its request", async () => {
    hooks.answer = ({ step, reply }) => {
      if (step === "second") reply({ by: "other" });
    };
    const name = await start();
    const frozen = await worker({ freezeBefore: { step: "first", state: "STEP_STATE_RUNNING", nth: 2 } });
    const early = await hooks.got("first", 1);
    await frozen.frozen();
    await worker();
    (await hooks.got("first", 2)).reply({ by: "other" });
    await server.ended(name);
    frozen.thaw();
    expect(await frozen.lateWrite()).to.equal("REVISION_MISMATCH");
    await until("the request is given up", () => early.response.destroyed);
    await until("the loss is noted", () => frozen.logged.includes(LATE));
    expect(await outputsOf(name)).to.deep.equal(["other", "other"]);
  });

  for (const point of workflowFaultPoints) {
    for (const time of [1, 2]) {
      it(`goes on from the last recorded step when a worker is killed at ${point}, hit ${time}`, async () => {
        const steps = [httpStep("first", hooks.url), httpStep("second", hooks.url, ["first"])];
        const triggers = [{ eventType: "slipway.version.created" }];
        await server.as().workflows.applyWorkflow({ workflow: { name: "workflows/two", steps, triggers } });
        const killed = await worker({}, `${point}:${time}`);
        const version = await server.peers.createVersion("1.0.0");
        expect(await killed.exit(), "the point was hit").to.equal("SIGKILL");

        const before = await runsAbout(version.uid);
        const recorded = before.flatMap(({ uid, steps: [...all] }) =>
          all.filter(({ state }) => state === StepState.SUCCEEDED).map(({ id }) => `${uid}/${id}`),
        );
        const already = hooks.hooks.length;
        await worker();
        const runs = await until("both runs have ended", async () => {
          const all = await runsAbout(version.uid);
          return all.length === 2 && all.every(({ state }) => state > RunState.RUNNING) && all;
        });
        expect(runs.map(({ state }) => state)).to.deep.equal([RunState.SUCCEEDED, RunState.SUCCEEDED]);
        const repeated = hooks.hooks.slice(already).map(({ key }) => key.replace(/\/\d+$/, ""));
        expect(repeated.filter((step) => recorded.includes(step))).to.deep.equal([]);
        expect(server.peers.finished).to.have.length(1);
        expect(runs.map(({ workflow }) => workflow).sort()).to.deep.equal(["workflows/admission", "workflows/two"]);
      });
    }
  }

  async function runsAbout(uid: string): Promise<Run[]> {
    return (await server.as().runs.listRuns({ filter: `subject_uid = "${uid}"` })).runs;
  }
});

import { RunState, StepState } from "@slipway/gen/slipway/workflow/v1/run_pb.js";
import { until } from "@slipway/runtime/testing";
import { expect } from "chai";
import { type HookServer, startHookServer } from "../testing/hook-server.ts";
import { httpStep } from "../testing/steps.ts";
import { acme, umbrella } from "../testing/tenants.ts";
import { startWorkflow, type WorkflowServer } from "../testing/workflow-server.ts";

describe("engine", () => {
  let hooks: HookServer;
  let server: WorkflowServer;
  beforeEach(async () => {
    hooks = await startHookServer();
  });
  afterEach(async () => {
    await server.close();
    await hooks.close();
  });

  async function start(
    name: string,
    steps: Parameters<typeof httpStep>[0][],
    count = 1,
    caller = acme,
  ): Promise<string[]> {
    const { workflows, runs } = server.as(caller);
    const workflow = { name, steps: steps.map((step) => httpStep(step, hooks.url)) };
    await workflows.applyWorkflow({ workflow });
    const started = await Promise.all(Array.from({ length: count }, () => runs.startRun({ workflow: name })));
    return started.map(({ run }) => run?.name ?? "");
  }

  it("admits a version while a tenant's own slow steps hold all the workers that they may", async () => {
    server = await startWorkflow({ workers: 4, drainMs: 0 });
    hooks.answer = () => undefined;
    await start("workflows/slow", ["wait"], 10);
    await until("three quarters are busy", () => hooks.hooks.length === 3);
    await server.peers.createVersion("1.0.0");
    await until("the version is admitted", () => server.peers.finished.length === 1);
    expect(hooks.hooks).to.have.length(3);
  });

  it("finds more due runs than fit into memory, and those of a tenant behind them", async () => {
    server = await startWorkflow({ workers: 0 });
    const many = await start("workflows/many", ["a"], 300);
    const [behind = ""] = await start("workflows/one", ["b"], 1, umbrella);
    await server.restart({ workers: 4 });
    const { runs } = server.as(umbrella);
    const order: string[] = [];
    hooks.answer = ({ step, reply }) => {
      order.push(step);
      reply({});
    };
    await until(
      "the one behind has run",
      async () => (await runs.getRun({ name: behind })).run?.state === RunState.SUCCEEDED,
    );
    expect(order.indexOf("b")).to.be.lessThan(100);
    await until("all have run", () => order.length === many.length + 1);
  });

  it("works on steps beside each other at once", async () => {
    server = await startWorkflow({ workers: 4 });
    hooks.answer = () => undefined;
    const [name = ""] = await start("workflows/wide", ["a", "b", "c"]);
    const all = [await hooks.got("a"), await hooks.got("b"), await hooks.got("c")];
    const { run } = await server.as().runs.getRun({ name });
    expect(run?.steps.map(({ state }) => state)).to.deep.equal(Array(3).fill(StepState.RUNNING));
    for (const hook of all) hook.reply({});
    expect((await server.ended(name)).state).to.equal(RunState.SUCCEEDED);
    expect(hooks.hooks).to.have.length(3);
  });

  it("gives a step that runs back when it stops, and the next process makes the same attempt at once", async () => {
    server = await startWorkflow({ workers: 2, drainMs: 0, leaseMs: 600_000 });
    hooks.answer = () => undefined;
    const [name = ""] = await start("workflows/stopped", ["a"]);
    const first = await hooks.got("a");
    hooks.answer = ({ reply }) => reply({});
    await server.restart();
    await until("the request is given up", () => first.response.destroyed);
    const run = await server.ended(name);
    expect(run.state).to.equal(RunState.SUCCEEDED);
    expect(hooks.hooks.map(({ key }) => key)).to.deep.equal([`${run.uid}/a/1`, `${run.uid}/a/1`]);
  });

  it("keeps the lease of a step that takes longer", async () => {
    server = await startWorkflow({ workers: 2, leaseMs: 1_500, sweepMs: 100 });
    hooks.answer = () => undefined;
    const [name = ""] = await start("workflows/long", ["a"]);
    const hook = await hooks.got("a");
    const { runs } = server.as();
    // The etag changes with each extension.
    const etags = new Set<string>();
    await until("the lease was extended beyond its first length", async () => {
      etags.add((await runs.getRun({ name })).run?.etag ?? "");
      return etags.size > 5;
    });
    hook.reply({});
    const run = await server.ended(name);
    expect(run.steps[0]).to.include({ state: StepState.SUCCEEDED, attempt: 1 });
    expect(hooks.hooks).to.have.length(1);
  });

  it("pauses everything with no workers, and goes on with them", async () => {
    server = await startWorkflow({ workers: 0 });
    const [name = ""] = await start("workflows/paused", ["a"]);
    const version = await server.peers.createVersion("1.0.0");
    const states = async () => (await server.as().runs.listRuns({})).runs.map(({ state }) => state);
    expect(await states()).to.deep.equal([RunState.PENDING]);
    expect(hooks.hooks).to.deep.equal([]);
    await server.restart({});
    await until("admission ran", async () => {
      const { runs: found } = await server.as().runs.listRuns({ filter: `subject_uid = "${version.uid}"` });
      return found[0]?.state === RunState.SUCCEEDED;
    });
    expect((await server.ended(name)).name).to.equal(name);
  });
});

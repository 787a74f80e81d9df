import { RunState, StepState } from "@slipway/gen/slipway/workflow/v1/run_pb.js";
import { until } from "@slipway/runtime/testing";
import { expect } from "chai";
import { type HookServer, startHookServer } from "../testing/hook-server.ts";
import { refusal } from "../testing/refusal.ts";
import { httpStep } from "../testing/steps.ts";
import { acme, umbrella } from "../testing/tenants.ts";
import { startWorkflow, type WorkflowServer } from "../testing/workflow-server.ts";

describe("RunService", () => {
  let hooks: HookServer;
  let server: WorkflowServer;
  beforeEach(async () => {
    hooks = await startHookServer();
    server = await startWorkflow();
  });
  afterEach(async () => {
    await server.close();
    await hooks.close();
  });

  async function apply(name: string, steps = [httpStep("one", hooks.url)]): Promise<string> {
    await server.as().workflows.applyWorkflow({ workflow: { name, steps } });
    return name;
  }

  async function start(workflow: string): Promise<string> {
    return (await server.as().runs.startRun({ workflow })).run?.name ?? "";
  }

  it("runs a graph and hands outputs to the steps that need them", async () => {
    hooks.answer = ({ step, reply }) => reply({ from: step });
    const steps = [
      httpStep("a", hooks.url),
      httpStep("b", hooks.url, ["a"]),
      httpStep("c", hooks.url, ["a"]),
      httpStep("d", `${hooks.url}/last?x=1`, ["b", "c"]),
    ];
    const workflow = await apply("workflows/diamond", steps);
    const { run } = await server.as().runs.startRun({ workflow, input: { question: 42 } });
    expect(run).to.include({ workflow, creator: "users/alice", eventId: "" });
    const ended = await server.ended(run?.name ?? "");
    expect(ended.state).to.equal(RunState.SUCCEEDED);
    expect(ended.steps.map(({ state, attempt }) => [state, attempt])).to.deep.equal(
      steps.map(() => [StepState.SUCCEEDED, 1]),
    );
    const last = await hooks.got("d");
    expect(last.key).to.equal(`${ended.uid}/d/1`);
    expect(last.path).to.equal("/last?x=1");
    expect(last.headers["content-type"]).to.equal("application/json");
    expect(last.body).to.deep.include({
      step: "d",
      attempt: 1,
      event: null,
      outputs: { b: { status: 200, body: { from: "b" } }, c: { status: 200, body: { from: "c" } } },
    });
    expect(last.body.run)
      .to.include({ name: ended.name, workflow })
      .and.to.have.property("input")
      .that.deep.equals({ question: 42 });
  });

  it("tries again what may pass, and fails what does not", async () => {
    hooks.answer = ({ key, step, reply }) => {
      if (step === "flaky") reply({}, key.endsWith("/3") ? 200 : 503);
      else reply({ error: "no such hook" }, 404);
    };
    const flaky = await server.ended(await start(await apply("workflows/flaky", [httpStep("flaky", hooks.url)])));
    expect(flaky.state).to.equal(RunState.SUCCEEDED);
    expect(flaky.steps[0]?.attempt).to.equal(3);
    const steps = [httpStep("gone", hooks.url), httpStep("after", hooks.url, ["gone"])];
    const failed = await server.ended(await start(await apply("workflows/gone", steps)));
    expect(failed.state).to.equal(RunState.FAILED);
    expect(failed.message).to.match(/^The step gone failed: The server answered 404\..*no such hook/);
    expect(failed.steps[1]?.state).to.equal(StepState.SKIPPED);
    expect(hooks.hooks.filter(({ step }) => step === "after")).to.deep.equal([]);
  });

  it("ends an attempt that takes too long", async () => {
    hooks.answer = ({ key, reply }) => {
      if (key.endsWith("/2")) reply({});
    };
    const attemptTimeout = { seconds: 0n, nanos: 100_000_000 };
    const steps = [httpStep("slow", hooks.url, [], { attemptTimeout })];
    const run = await server.ended(await start(await apply("workflows/slow", steps)));
    expect(run.state).to.equal(RunState.SUCCEEDED);
    expect(run.steps[0]?.attempt).to.equal(2);
    await until("the first request is given up", () => hooks.hooks[0]?.response.destroyed);
  });

  it("goes on with the definition that it began with", async () => {
    hooks.answer = () => undefined;
    const name = await start(
      await apply("workflows/pinned", [httpStep("a", hooks.url), httpStep("b", hooks.url, ["a"])]),
    );
    const first = await hooks.got("a");
    await apply("workflows/pinned", [httpStep("other", hooks.url)]);
    hooks.answer = ({ reply }) => reply({});
    first.reply({});
    const run = await server.ended(name);
    expect(run.steps.map(({ id }) => id)).to.deep.equal(["a", "b"]);
    await server.as().workflows.deleteWorkflow({ name: "workflows/pinned" });
    expect((await server.as().runs.getRun({ name })).run?.state).to.equal(RunState.SUCCEEDED);
  });

  it("is watched from what it is to its end, change by change", async () => {
    hooks.answer = () => undefined;
    const name = await start(
      await apply("workflows/watched", [httpStep("a", hooks.url), httpStep("b", hooks.url, ["a"])]),
    );
    const seen: string[] = [];
    for await (const { run } of server.as().runs.watchRun({ name })) {
      seen.push(run?.steps.map(({ state }) => StepState[state]).join() ?? "");
      if (seen.at(-1) === "RUNNING,WAITING") void hooks.got("a").then((hook) => hook.reply({}));
      if (seen.at(-1) === "SUCCEEDED,RUNNING") void hooks.got("b").then((hook) => hook.reply({}));
    }
    expect(seen).to.deep.equal(["RUNNING,WAITING", "SUCCEEDED,RUNNING", "SUCCEEDED,SUCCEEDED"]);
  });

  it("is cancelled: the step at work is told to stop, its late answer changes nothing", async () => {
    hooks.answer = () => undefined;
    const name = await start(
      await apply("workflows/cancelled", [httpStep("a", hooks.url), httpStep("b", hooks.url, ["a"])]),
    );
    const hook = await hooks.got("a");
    const { runs } = server.as();
    const { run } = await runs.cancelRun({ name, reason: "not today" });
    expect(run).to.include({ state: RunState.CANCELLED, message: "not today" });
    await until("the request is given up", () => hook.response.destroyed);
    expect((await runs.cancelRun({ name, reason: "again" })).run).to.deep.equal(run);
    expect((await runs.getRun({ name })).run).to.deep.equal(run);

    hooks.answer = ({ reply }) => reply({});
    const done = await start("workflows/cancelled");
    await server.ended(done);
    await refusal(runs.cancelRun({ name: done }), "RUN_ENDED");
  });

  it("is tried again as a new run, without what succeeded", async () => {
    hooks.answer = ({ step, reply }) => reply({ step }, step === "b" ? 400 : 200);
    const name = await start(
      await apply("workflows/again", [httpStep("a", hooks.url), httpStep("b", hooks.url, ["a"])]),
    );
    const { runs } = server.as();
    const failed = await server.ended(name);
    hooks.answer = ({ reply }) => reply({ fine: true });
    const requestId = crypto.randomUUID();
    const { run } = await runs.retryRun({ name, requestId });
    expect((await runs.retryRun({ name, requestId })).run?.name).to.equal(run?.name);
    const ended = await server.ended(run?.name ?? "");
    expect(ended).to.include({ state: RunState.SUCCEEDED, retryOf: name, workflowDigest: failed.workflowDigest });
    expect(ended.steps[0]?.output).to.deep.equal(failed.steps[0]?.output);
    expect(hooks.hooks.map(({ step }) => step)).to.deep.equal(["a", "b", "b"]);
    await refusal(runs.retryRun({ name: ended.name }), "RUN_NOT_RETRYABLE");
  });

  it("is listed with filters, newest first, in pages", async () => {
    hooks.answer = ({ step, reply }) => reply({}, step === "bad" ? 400 : 200);
    const good = await apply("workflows/good");
    const bad = await apply("workflows/bad", [httpStep("bad", hooks.url)]);
    const names: string[] = [];
    for (const workflow of [good, bad, good]) {
      names.push(await start(workflow));
      await server.ended(names.at(-1) ?? "");
    }
    const { runs } = server.as();
    const list = async (filter: string, orderBy = "") =>
      (await runs.listRuns({ filter, orderBy })).runs.map(({ name }) => names.indexOf(name));
    expect(await list("")).to.deep.equal([2, 1, 0]);
    expect(await list("", "create_time")).to.deep.equal([0, 1, 2]);
    expect(await list('workflow = "good"')).to.deep.equal([2, 0]);
    expect(await list('workflow = "workflows/good" AND state = FAILED')).to.deep.equal([]);
    expect(await list("state = FAILED")).to.deep.equal([1]);
    expect(await list('creator = "users/alice" AND create_time > "2020-01-01T00:00:00Z"')).to.deep.equal([2, 1, 0]);
    await refusal(runs.listRuns({ filter: "state = EATEN" }), "FILTER_INVALID");
    await refusal(runs.listRuns({ orderBy: "colour" }), "ORDER_BY_INVALID");
    const first = await runs.listRuns({ pageSize: 2 });
    const second = await runs.listRuns({ pageSize: 2, pageToken: first.nextPageToken });
    expect([...first.runs, ...second.runs].map(({ name }) => names.indexOf(name))).to.deep.equal([2, 1, 0]);
    await refusal(runs.listRuns({ pageToken: first.nextPageToken, filter: "state = FAILED" }), "PAGE_TOKEN_INVALID");
  });

  it("lists runs with large outputs in pages that fit into a message", async () => {
    hooks.answer = ({ reply }) => reply({ text: "x".repeat(900_000) });
    const workflow = await apply("workflows/large", [httpStep("a", hooks.url), httpStep("b", hooks.url)]);
    for (let count = 0; count < 3; count += 1) await server.ended(await start(workflow));
    const { runs } = server.as();
    const seen: string[] = [];
    let pageToken = "";
    do {
      const page = await runs.listRuns({ pageToken });
      seen.push(...page.runs.map(({ name }) => name));
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    expect(new Set(seen).size).to.equal(3);
    expect(seen).to.have.length(3);
  });

  it("refuses to start what it must not", async () => {
    const { runs } = server.as();
    await apply("workflows/inspecting", [{ id: "look", action: { case: "inspect", value: {} } } as never]);
    await refusal(runs.startRun({ workflow: "workflows/nothing" }), "WORKFLOW_NOT_FOUND");
    await refusal(runs.startRun({ workflow: "workflows/admission" }), "WORKFLOW_SYSTEM");
    await refusal(runs.startRun({ workflow: "workflows/inspecting" }), "RUN_SUBJECT_MISSING");
    await apply("workflows/reporting", [
      { id: "say", action: { case: "reportCheck", value: { check: "a" } } } as never,
    ]);
    await refusal(runs.startRun({ workflow: "workflows/reporting" }), "RUN_NEEDS_TRANSITION");
    const subject = "models/iris/versions/9.9.9";
    await refusal(runs.startRun({ workflow: "workflows/inspecting", subject }), "VERSION_NOT_FOUND");
    const workflow = await apply("workflows/fine");
    const large = runs.startRun({ workflow, input: { text: "x".repeat(65_536) } });
    expect((await refusal(large, "REQUEST_INVALID")).fields[0]?.field).to.equal("input");
    expect((await runs.listRuns({})).runs).to.deep.equal([]);
  });

  it("starts once under a request id, also when asked twice at once", async () => {
    const workflow = await apply("workflows/once");
    const request = { workflow, requestId: crypto.randomUUID() };
    const { runs } = server.as();
    const [first, second] = await Promise.all([runs.startRun(request), runs.startRun(request)]);
    expect(first.run?.name).to.equal(second.run?.name);
    await server.ended(first.run?.name ?? "");
    expect((await runs.listRuns({})).runs).to.have.length(1);
    expect(hooks.hooks).to.have.length(1);
  });

  it("inspects the version that a run is started on", async () => {
    const version = await server.peers.createVersion("1.0.0");
    await apply("workflows/inspecting", [{ id: "look", action: { case: "inspect", value: {} } } as never]);
    const { runs } = server.as();
    const { run } = await runs.startRun({ workflow: "workflows/inspecting", subject: version.name });
    expect(run).to.include({ subject: `tenants/acme/${version.name}`, subjectUid: version.uid });
    const ended = await server.ended(run?.name ?? "");
    expect(ended.steps[0]?.output).to.deep.equal({ verdict: "VERDICT_SAFE", findings: [] });
    const found = await runs.listRuns({ filter: `workflow = "inspecting" AND subject = "${version.name}"` });
    expect(found.runs.map(({ name }) => name)).to.deep.equal([run?.name]);
  });

  it("keeps tenants apart", async () => {
    hooks.answer = () => undefined;
    const name = await start(await apply("workflows/mine"));
    const { runs } = server.as(umbrella);
    await refusal(runs.getRun({ name }), "RUN_NOT_FOUND");
    await refusal(runs.cancelRun({ name }), "RUN_NOT_FOUND");
    await refusal(runs.retryRun({ name }), "RUN_NOT_FOUND");
    await refusal(Array.fromAsync(runs.watchRun({ name })), "RUN_NOT_FOUND");
    await refusal(runs.startRun({ workflow: "workflows/mine" }), "WORKFLOW_NOT_FOUND");
    expect((await runs.listRuns({})).runs).to.deep.equal([]);
    await refusal(server.as({ ...acme, role: "viewer" }).runs.cancelRun({ name }), "ROLE_REQUIRED");
  });

  it("reports what began and ended", async () => {
    const workflow = await apply("workflows/told");
    const name = await start(workflow);
    const ended = await server.ended(name);
    const types: string[] = [];
    for await (const { event } of server.as().events.watchEvents({})) {
      types.push(event?.type ?? "");
      if (event?.type !== "slipway.run.finished") continue;
      expect(event).to.include({ subject: `tenants/acme/${name}`, subjectUid: ended.uid, actor: "users/alice" });
      expect(event.payload).to.include({ state: "RUN_STATE_SUCCEEDED", workflow });
      break;
    }
    expect(types).to.deep.equal(["slipway.workflow.applied", "slipway.run.created", "slipway.run.finished"]);
  });
});

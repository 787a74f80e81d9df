import { ArtifactState } from "@slipway/gen/slipway/artifact/v1/artifact_pb.js";
import { Verdict } from "@slipway/gen/slipway/artifact/v1/inspection_pb.js";
import { type Run, RunState } from "@slipway/gen/slipway/workflow/v1/run_pb.js";
import { fail } from "@slipway/rpc";
import { type Logger, silentLogger } from "@slipway/runtime";
import { until } from "@slipway/runtime/testing";
import { expect } from "chai";
import { type HookServer, startHookServer } from "../testing/hook-server.ts";
import { refusal } from "../testing/refusal.ts";
import { httpStep } from "../testing/steps.ts";
import { acme, umbrella } from "../testing/tenants.ts";
import { startWorkflow, type WorkflowServer } from "../testing/workflow-server.ts";

describe("triggers", () => {
  let hooks: HookServer;
  let server: WorkflowServer;
  const warnings: string[] = [];
  const log: Logger = { ...silentLogger, child: () => log, warn: (_, message) => void warnings.push(message) };

  beforeEach(async () => {
    warnings.length = 0;
    hooks = await startHookServer();
    server = await startWorkflow({}, log);
  });
  afterEach(async () => {
    await server.close();
    await hooks.close();
  });

  async function runsOf(filter: string, caller = acme): Promise<Run[]> {
    return (await server.as(caller).runs.listRuns({ filter, orderBy: "create_time" })).runs;
  }

  /** The run of a workflow about a version, once it has ended. */
  async function ended(workflow: string, subjectUid: string, caller = acme): Promise<Run> {
    return until(`${workflow} has run`, async () => {
      const [run] = await runsOf(`workflow = "${workflow}" AND subject_uid = "${subjectUid}"`, caller);
      return run !== undefined && run.state > RunState.RUNNING && run;
    });
  }

  async function apply(name: string, filter: string, eventType = "slipway.version.created"): Promise<void> {
    const workflow = {
      name: `workflows/${name}`,
      triggers: [{ eventType, filter }],
      steps: [httpStep("call", hooks.url)],
    };
    await server.as().workflows.applyWorkflow({ workflow });
  }

  it("starts a run for each workflow that an event fits, with the event as its input", async () => {
    await apply("all", "");
    await apply("majors", "event.payload.number.endsWith('.0.0')");
    await apply("others", "event.type == 'slipway.version.created'", "slipway.version.published");
    const major = await server.peers.createVersion("2.0.0");
    const minor = await server.peers.createVersion("2.1.0");
    const run = await ended("majors", major.uid);
    expect(run).to.include({
      subject: `tenants/acme/${major.name}`,
      creator: "users/alice",
      state: RunState.SUCCEEDED,
    });
    expect(run.input).to.include({ number: "2.0.0", uid: major.uid });
    const hook = hooks.hooks.find(({ key }) => key.startsWith(run.uid));
    expect(hook?.body.event).to.include({
      id: run.eventId,
      type: "slipway.version.created",
      subject: `tenants/acme/${major.name}`,
      tenant: "acme",
    });
    await ended("all", minor.uid);
    expect((await runsOf('workflow = "all"')).map(({ subjectUid }) => subjectUid)).to.deep.equal([
      major.uid,
      minor.uid,
    ]);
    expect(await runsOf('workflow = "majors"')).to.have.length(1);
    expect(await runsOf('workflow = "others"')).to.deep.equal([]);
  });

  it("counts a filter that fails on an event as not fitting, says so, and goes on", async () => {
    await apply("failing", "event.payload.nothing == 1");
    await apply("fine", "");
    const version = await server.peers.createVersion("1.0.0");
    await ended("fine", version.uid);
    expect(await runsOf('workflow = "failing"')).to.deep.equal([]);
    expect(warnings).to.include("a filter failed on an event, which counts as not fitting");
  });

  it("heeds definitions from the moment they are applied until they are deleted", async () => {
    const before = await server.peers.createVersion("1.0.0");
    await ended("admission", before.uid);
    await apply("late", "event.payload.number == '1.0.0'");
    await apply("late", "");
    const during = await server.peers.createVersion("1.1.0");
    await ended("late", during.uid);
    await server.as().workflows.deleteWorkflow({ name: "workflows/late" });
    const after = await server.peers.createVersion("1.2.0");
    await ended("admission", after.uid);
    expect((await runsOf('workflow = "late"')).map(({ subjectUid }) => subjectUid)).to.deep.equal([during.uid]);
  });

  it("starts workflows of the event's own tenant only", async () => {
    await apply("mine", "");
    const theirs = await server.peers.createVersion("1.0.0", { caller: umbrella });
    const run = await ended("admission", theirs.uid, umbrella);
    expect(run.subject).to.equal(`tenants/umbrella/${theirs.name}`);
    expect(server.peers.finished[0]?.caller).to.include({ tenantUid: umbrella.tenantUid, tenant: "umbrella" });
    expect(await runsOf("")).to.deep.equal([]);
    expect(hooks.hooks).to.deep.equal([]);
  });

  it("starts one run for an event that comes again", async () => {
    await apply("once", "");
    const version = await server.peers.createVersion("1.0.0");
    const first = await ended("once", version.uid);
    await server.forgetProgress();
    const next = await server.peers.createVersion("1.1.0");
    await ended("once", next.uid);
    expect((await runsOf('workflow = "once"')).map(({ uid }) => uid))
      .to.include(first.uid)
      .and.to.have.length(2);
    expect(await runsOf('workflow = "admission"')).to.have.length(2);
    expect(hooks.hooks).to.have.length(2);
  });

  it("starts what happened while the service was away", async () => {
    await apply("away", "");
    await server.restart({ workers: 0 });
    const version = await server.peers.createVersion("1.0.0");
    expect(await runsOf('workflow = "away"')).to.deep.equal([]);
    await server.restart({});
    expect((await ended("away", version.uid)).state).to.equal(RunState.SUCCEEDED);
  });
});

describe("admission", () => {
  let server: WorkflowServer;
  beforeEach(async () => {
    server = await startWorkflow();
  });
  afterEach(() => server.close());

  async function admitted(subjectUid: string): Promise<Run> {
    return until("admission has ended", async () => {
      const { runs } = await server.as().runs.listRuns({ filter: `subject_uid = "${subjectUid}"` });
      return runs[0] !== undefined && runs[0].state > RunState.RUNNING && runs[0];
    });
  }

  it("proves, inspects and tells metadata, for the tenant and the principal of the event", async () => {
    const inspection = {
      verdict: Verdict.SUSPICIOUS,
      findings: [{ rule: "onnx.custom", severity: Verdict.SUSPICIOUS, path: "m.onnx", offsetBytes: 7n, message: "hm" }],
    };
    const version = await server.peers.createVersion("1.0.0", { inspection });
    const run = await admitted(version.uid);
    expect(run.state).to.equal(RunState.SUCCEEDED);
    expect(run.steps.at(-1)?.output).to.deep.equal({ state: "PUBLISHED" });
    const [finished] = server.peers.finished;
    expect(finished?.request).to.deep.include({ versionUid: version.uid, run: run.name, proven: true });
    expect(finished?.request.verdict).to.equal(Verdict.SUSPICIOUS);
    expect(finished?.request.findings[0]).to.include(inspection.findings[0]);
    expect(finished?.caller).to.include({ tenantUid: acme.tenantUid, tenant: "acme", principal: "users/alice" });
  });

  it("waits for an artifact that is being proven", async () => {
    const version = await server.peers.createVersion("1.0.0", { state: ArtifactState.VERIFYING });
    await until("it waits", async () => {
      const { runs } = await server.as().runs.listRuns({});
      return runs[0]?.steps[0]?.message === "The digests are being proven.";
    });
    server.peers.setArtifactState(version.artifact, ArtifactState.READY);
    const run = await admitted(version.uid);
    expect(run.state).to.equal(RunState.SUCCEEDED);
    expect(run.steps[0]).to.include({ attempt: 1, message: "" });
  });

  for (const state of [ArtifactState.CORRUPT, undefined]) {
    it(`has a version rejected whose artifact is ${state === undefined ? "gone" : "CORRUPT"}`, async () => {
      const version = await server.peers.createVersion("1.0.0", { state: ArtifactState.VERIFYING });
      server.peers.setArtifactState(version.artifact, state);
      expect((await admitted(version.uid)).state).to.equal(RunState.SUCCEEDED);
      const [finished] = server.peers.finished;
      expect(finished?.request.proven).to.equal(false);
      expect(finished?.request.findings[0]?.rule).to.equal("artifact.unproven");
    });
  }

  it("keeps the worst of more findings than an output can hold", async () => {
    const findings = Array.from({ length: 1000 }, (_, index) => ({
      rule: `r${index}`,
      severity: Verdict.DANGEROUS,
      message: "x".repeat(4000),
    }));
    const version = await server.peers.createVersion("1.0.0", { inspection: { verdict: Verdict.DANGEROUS, findings } });
    const run = await admitted(version.uid);
    expect(run.steps.at(-1)?.output).to.deep.equal({ state: "REJECTED" });
    const told = server.peers.finished[0]?.request.findings ?? [];
    expect(told[0]?.rule).to.equal("r0");
    expect(run.steps[1]?.output?.findings_left_out).to.equal(1000 - told.length);
  });

  it("outlives peers that are away, and can be tried again when they stayed away", async () => {
    let refused = 0;
    server.peers.onArtifactCall = async () => {
      refused += 1;
      if (refused < 3) throw fail("DEPENDENCY_UNAVAILABLE", { dependency: "The object store" });
    };
    server.peers.onFinish = async () => {
      throw fail("VERSION_NOT_FOUND", { name: "models/iris/versions/1.0.0" });
    };
    const version = await server.peers.createVersion("1.0.0");
    const failed = await admitted(version.uid);
    expect(failed.state).to.equal(RunState.FAILED);
    expect(failed.steps[0]?.attempt).to.equal(3);
    expect(failed.message).to.match(/^The step finish failed: /);

    server.peers.onFinish = async () => undefined;
    const { runs } = server.as();
    await refusal(runs.cancelRun({ name: failed.name }), "WORKFLOW_SYSTEM");
    const { run } = await runs.retryRun({ name: failed.name });
    const ended = await server.ended(run?.name ?? "");
    expect(ended).to.include({ state: RunState.SUCCEEDED, retryOf: failed.name, subjectUid: version.uid });
    expect(server.peers.finished.map(({ request }) => request.run)).to.deep.equal([ended.name]);
  });
});

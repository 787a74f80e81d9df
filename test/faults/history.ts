import type { Connection } from "@slipway/client";
import type { Event } from "@slipway/gen/slipway/event/v1/event_pb.js";
import { type Version, VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { type Run, RunState, StepState } from "@slipway/gen/slipway/workflow/v1/run_pb.js";
import { expect } from "chai";
import type { Life } from "./life.ts";

/** Checks what lives have left behind, as their clients see it: versions, runs and events, each exactly once. */
export async function checkHistory(connection: Connection, lives: readonly Life[]): Promise<void> {
  const kept = await checkModels(connection, lives);
  const purged = new Set(lives.flatMap((life) => [...life.purged]));
  const events = {
    metadata: await everyEvent(connection.events.metadata),
    artifact: await everyEvent(connection.events.artifact),
    workflow: await everyEvent(connection.events.workflow),
  };
  for (const all of Object.values(events)) checkEvents(all);

  const created = subjectsOf(events.metadata, "slipway.version.created");
  expect(created).to.have.members([...kept.map(({ uid }) => uid), ...purged]);
  expect(subjectsOf(events.metadata, "slipway.version.published")).to.have.members(created);
  expect(subjectsOf(events.metadata, "slipway.version.ready")).to.have.members(created);
  expect(subjectsOf(events.metadata, "slipway.version.purged")).to.have.members([...purged]);
  expect(subjectsOf(events.metadata, "slipway.model.purged")).to.have.length(purged.size);
  expect(subjectsOf(events.artifact, "slipway.artifact.completed")).to.have.length(created.length);

  for (const verb of ["requested", "applied"]) {
    expect(subjectsOf(events.metadata, `slipway.transition.${verb}`), verb).to.have.length(2 * kept.length);
  }
  for (const life of lives) await checkStages(connection, `models/${life.model}`);

  const { runs } = await connection.runs.listRuns({ pageSize: 1000 });
  expect(runs.map(({ subjectUid }) => subjectUid)).to.have.members(created);
  for (const run of runs) checkRun(run, purged);
  const uids = runs.map(({ uid }) => uid);
  expect(subjectsOf(events.workflow, "slipway.run.created")).to.have.members(uids);
  expect(subjectsOf(events.workflow, "slipway.run.finished")).to.have.members(uids);
  for (const { uid, admissionRun } of kept) {
    expect(admissionRun).to.equal(runs.find(({ subjectUid }) => subjectUid === uid)?.name);
  }
}

/** Exactly the versions that were pushed, and no other models than theirs. */
async function checkModels({ models, versions }: Connection, lives: readonly Life[]): Promise<Version[]> {
  const all = (await models.listModels({ pageSize: 1000 })).models;
  expect(all.map(({ name }) => name)).to.have.members(lives.map(({ model }) => `models/${model}`));
  const everyVersion: Version[] = [];
  for (const life of lives) {
    const name = `models/${life.model}`;
    const kept = (await versions.listVersions({ parent: name, pageSize: 1000 })).versions;
    expect(kept.map(({ uid }) => uid)).to.have.members([...life.kept.values()].map(({ uid }) => uid));
    expect(kept.map(({ ordinal }) => Number(ordinal))).to.have.members(kept.map((_, index) => index + 1));
    for (const { state } of kept) expect(state).to.equal(VersionState.PUBLISHED);
    expect(Number(all.find((model) => model.name === name)?.versionCount)).to.equal(kept.length);
    everyVersion.push(...kept);
  }
  return everyVersion;
}

/** Every version went through its stages once, and what the history says is what the versions are in. */
async function checkStages({ stages, versions }: Connection, parent: string): Promise<void> {
  const { entries } = await stages.listStageEntries({ parent, pageSize: 1000 });
  expect(entries.map(({ ordinal }) => Number(ordinal))).to.deep.equal(entries.map((_, index) => index + 1));
  const kept = (await versions.listVersions({ parent, pageSize: 1000 })).versions;
  for (const { name, stage } of kept) {
    const own = entries.filter(({ version }) => version === name);
    const passed = ["development", "testing", "production", ...(stage === "archived" ? ["archived"] : [])];
    expect(
      own.map((entry) => entry.stage),
      name,
    ).to.deep.equal(passed);
    const open = own.filter(({ leaveTime }) => leaveTime === undefined).map((entry) => entry.stage);
    expect(open, name).to.deep.equal([stage]);
  }
  const there = (await stages.getStageAt({ model: parent, stage: "production" })).versions;
  expect(there).to.deep.equal(kept.filter(({ stage }) => stage === "production").map(({ name }) => name));
  expect(there).to.have.length(1);
}

/** A run that went on after a crash may find its version purged: then it has failed, and says so. */
function checkRun({ name, workflow, state, steps, subjectUid, message }: Run, purged: ReadonlySet<string>): void {
  expect(workflow, name).to.equal("workflows/admission");
  if (state === RunState.FAILED && purged.has(subjectUid)) {
    expect(message, name).to.match(/There is no /);
    return;
  }
  expect(state, `${name}: ${message}`).to.equal(RunState.SUCCEEDED);
  expect(steps.map((step) => step.state)).to.deep.equal(steps.map(() => StepState.SUCCEEDED));
}

type EventList = Connection["events"]["metadata"] | Connection["events"]["artifact"] | Connection["events"]["workflow"];

async function everyEvent(service: EventList): Promise<Event[]> {
  const all: Event[] = [];
  for (let after = 0n; ; ) {
    const { events, last } = await service.listEvents({ after, pageSize: 1000 });
    if (last === after) return all;
    all.push(...events);
    after = last;
  }
}

/** Positions are dense, no event is there twice, and those about one thing come in the order of its changes. */
function checkEvents(events: Event[]): void {
  expect(events.map(({ position }) => Number(position))).to.deep.equal(events.map((_, index) => index + 1));
  const revisions = new Map<string, bigint>();
  for (const { subjectUid, aggregateRevision, subject } of events) {
    const before = revisions.get(subjectUid) ?? 0n;
    expect(aggregateRevision >= before, `${subject}: revision ${aggregateRevision} after ${before}`).to.equal(true);
    revisions.set(subjectUid, aggregateRevision);
  }
  const reported = events.map(
    ({ type, subjectUid, aggregateRevision }) => `${type} ${subjectUid} ${aggregateRevision}`,
  );
  expect(new Set(reported).size, "an event twice").to.equal(reported.length);
}

function subjectsOf(events: Event[], type: string): string[] {
  return events.filter((event) => event.type === type).map(({ subjectUid }) => subjectUid);
}

import { create, type JsonObject, type MessageInitShape } from "@bufbuild/protobuf";
import { durationFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { RunState, StepState } from "@slipway/gen/slipway/workflow/v1/run_pb.js";
import { type StepSchema, WorkflowSchema } from "@slipway/gen/slipway/workflow/v1/workflow_pb.js";
import { expect } from "chai";
import { type Definition, definitionOf } from "../workflows/definition.ts";
import { newRun, retryOf } from "./new-run.ts";
import { advance, cancel, claim, dueMs, extendLease, recordOutcome } from "./run.ts";
import type { Claim, RunRecord, StepOutcome } from "./run-record.ts";

const NOW = Date.UTC(2026, 10, 22);
const LEASE_MS = 10_000;
const claimant = { owner: "worker-1", leaseMs: LEASE_MS };
const noJitter = () => 1 - Number.EPSILON;

function define(graph: Record<string, string[]>, rest: Partial<MessageInitShape<typeof StepSchema>> = {}): Definition {
  const steps = Object.entries(graph).map(([id, needs]) => ({
    retry: { maxAttempts: 3 },
    ...rest,
    id,
    needs,
    action: { case: "http", value: { url: "https://x.example/" } } as const,
  }));
  return definitionOf(
    create(WorkflowSchema, { name: "workflows/x", steps } as MessageInitShape<typeof WorkflowSchema>),
  );
}

function start(definition: Definition): RunRecord {
  const about = { subject: "", subjectUid: "", artifact: undefined, event: undefined, input: undefined };
  return newRun(
    { uid: "u", tenant: "default", workflow: "workflows/x", creator: "users/a", ...about },
    definition,
    NOW,
  );
}

function mustClaim(record: RunRecord, definition: Definition, nowMs = NOW): { record: RunRecord; claim: Claim } {
  const claimed = claim(record, definition, claimant, nowMs);
  if (claimed === undefined) throw new Error("nothing to claim");
  return claimed;
}

function work(record: RunRecord, definition: Definition, outcome: StepOutcome, nowMs = NOW): RunRecord {
  const claimed = mustClaim(record, definition, nowMs);
  const next = recordOutcome(claimed.record, definition, claimed.claim, outcome, nowMs, noJitter);
  if (next === undefined) throw new Error("refused");
  return next;
}

const states = ({ run }: RunRecord) => run.steps.map(({ state }) => StepState[state]);
const succeeded = (output: JsonObject = {}): StepOutcome => ({ kind: "succeeded", output });
const failed = (mayPass: boolean): StepOutcome => ({ kind: "failed", message: "no luck", mayPass });

describe("run", () => {
  it("queues what needs nothing, and starts with the first claim", () => {
    const definition = define({ a: [], b: ["a"], c: [] });
    const fresh = start(definition);
    expect(states(fresh)).to.deep.equal(["QUEUED", "WAITING", "QUEUED"]);
    expect(fresh.run.state).to.equal(RunState.PENDING);
    expect(dueMs(fresh)).to.equal(NOW);
    const { record, claim: held } = mustClaim(fresh, definition, NOW + 5);
    expect(held).to.include({ stepId: "a", attempt: 1, token: 1 });
    expect(record.run.state).to.equal(RunState.RUNNING);
    expect(record.run.startTime && timestampMs(record.run.startTime)).to.equal(NOW + 5);
    expect(states(fresh)).to.deep.equal(["QUEUED", "WAITING", "QUEUED"], "the record before is left as it was");
  });

  it("runs a diamond to its end and gives tokens that grow", () => {
    const definition = define({ a: [], b: ["a"], c: ["a"], d: ["b", "c"] });
    let record = start(definition);
    for (let token = 1; token <= 4; token += 1) {
      const claimed = mustClaim(record, definition);
      expect(claimed.claim.token).to.equal(token);
      record = recordOutcome(
        claimed.record,
        definition,
        claimed.claim,
        succeeded({ token }),
        NOW,
        noJitter,
      ) as RunRecord;
    }
    expect(record.run.state).to.equal(RunState.SUCCEEDED);
    expect(record.run.steps.map((step) => step.output)).to.deep.equal([1, 2, 3, 4].map((token) => ({ token })));
    expect(dueMs(record)).to.equal(undefined);
    expect(claim(record, definition, claimant, NOW)).to.equal(undefined);
  });

  it("skips what needs a failed step, finishes the rest, and fails", () => {
    const definition = define({ a: [], b: ["a"], c: ["b"], other: [] });
    const record = work(work(start(definition), definition, failed(false)), definition, succeeded());
    expect(states(record)).to.deep.equal(["FAILED", "SKIPPED", "SKIPPED", "SUCCEEDED"]);
    expect(record.run.state).to.equal(RunState.FAILED);
    expect(record.run.message).to.equal("The step a failed: no luck");
  });

  it("tries again after pauses that double up to the longest, at most max_attempts times", () => {
    const retry = { maxAttempts: 5, initialBackoff: durationFromMs(1000), maxBackoff: durationFromMs(3000) };
    const definition = define({ a: [] }, { retry });
    let record = start(definition);
    let nowMs = NOW;
    for (const pauseMs of [999, 1999, 2999, 2999]) {
      record = work(record, definition, failed(true), nowMs);
      expect(states(record)).to.deep.equal(["QUEUED"]);
      expect(dueMs(record)).to.equal(nowMs + pauseMs);
      expect(claim(record, definition, claimant, nowMs + pauseMs - 1)).to.equal(undefined);
      nowMs += pauseMs;
    }
    record = work(record, definition, failed(true), nowMs);
    expect(record.run.steps[0]?.attempt).to.equal(5);
    expect(record.run.state).to.equal(RunState.FAILED);
  });

  it("jitters over the whole pause", () => {
    const definition = define({ a: [] });
    const claimed = mustClaim(start(definition), definition);
    const next = recordOutcome(claimed.record, definition, claimed.claim, failed(true), NOW, () => 0);
    expect(next && dueMs(next)).to.equal(NOW);
  });

  it("gives up when the attempts together took too long", () => {
    const definition = define({ a: [] }, { totalTimeout: durationFromMs(1500), retry: { maxAttempts: 9 } });
    const once = work(start(definition), definition, failed(true));
    const twice = work(once, definition, failed(true), NOW + 999);
    expect(twice.run.state).to.equal(RunState.FAILED);
    expect(twice.run.message).to.match(/longer than 1\.5 s.*no luck/);
    const late = advance(once, definition, NOW + 1500);
    expect(late.run.state).to.equal(RunState.FAILED);
  });

  it("bounds an attempt by its own timeout and by that of all", () => {
    const timeouts = { attemptTimeout: durationFromMs(1000), totalTimeout: durationFromMs(2500) };
    const definition = define({ a: [] }, timeouts);
    const first = mustClaim(start(definition), definition);
    expect(first.claim.deadlineMs).to.equal(NOW + 1000);
    const waiting = recordOutcome(first.record, definition, first.claim, failed(true), NOW, () => 0) as RunRecord;
    expect(mustClaim(waiting, definition, NOW + 2000).claim.deadlineMs).to.equal(NOW + 2500);
  });

  it("replaces a worker whose lease ran out, and refuses its late result", () => {
    const definition = define({ a: [] });
    const first = mustClaim(start(definition), definition);
    expect(claim(first.record, definition, claimant, NOW + LEASE_MS - 1)).to.equal(undefined);
    const second = mustClaim(first.record, definition, NOW + LEASE_MS);
    expect(second.claim).to.include({ attempt: 2, token: 2 });
    expect(recordOutcome(second.record, definition, first.claim, succeeded(), NOW, noJitter)).to.equal(undefined);
    expect(extendLease(second.record, first.claim, LEASE_MS, NOW)).to.equal(undefined);
    const done = recordOutcome(second.record, definition, second.claim, succeeded(), NOW, noJitter);
    expect(done?.run.state).to.equal(RunState.SUCCEEDED);
    expect(done && recordOutcome(done, definition, second.claim, failed(false), NOW, noJitter)).to.equal(undefined);
  });

  it("extends a lease", () => {
    const definition = define({ a: [] });
    const { record, claim: held } = mustClaim(start(definition), definition);
    const extended = extendLease(record, held, LEASE_MS, NOW + 5000);
    expect(extended && dueMs(extended)).to.equal(NOW + 5000 + LEASE_MS);
  });

  it("counts lost workers as attempts, so that a step that kills them ends", () => {
    const definition = define({ a: [] });
    let record = start(definition);
    for (let lost = 0; lost < 3; lost += 1) record = mustClaim(record, definition, NOW + lost * LEASE_MS).record;
    const ended = advance(record, definition, NOW + 3 * LEASE_MS);
    expect(ended.run.state).to.equal(RunState.FAILED);
    expect(ended.run.message).to.equal("The step a failed: The worker of attempt 3 was lost.");
  });

  it("waits and is released without using up attempts", () => {
    const definition = define({ a: [] }, { retry: { maxAttempts: 1 } });
    const waiting = work(start(definition), definition, { kind: "waiting", afterMs: 300, message: "not yet" });
    expect(dueMs(waiting)).to.equal(NOW + 300);
    const released = work(waiting, definition, { kind: "released" }, NOW + 300);
    expect(dueMs(released)).to.equal(NOW + 300);
    const again = mustClaim(released, definition, NOW + 300);
    expect(again.claim).to.include({ attempt: 1, token: 3 });
  });

  it("is cancelled at once; what runs is refused afterwards", () => {
    const definition = define({ a: [], b: ["a"], c: [] });
    const { record, claim: held } = mustClaim(start(definition), definition);
    const cancelled = cancel(record, "enough", NOW + 1);
    expect(states(cancelled)).to.deep.equal(["FAILED", "SKIPPED", "SKIPPED"]);
    expect(cancelled.run).to.include({ state: RunState.CANCELLED, message: "enough" });
    expect(recordOutcome(cancelled, definition, held, succeeded(), NOW, noJitter)).to.equal(undefined);
    expect(dueMs(cancelled)).to.equal(undefined);
  });

  it("fails a step whose output is too large", () => {
    const definition = define({ a: [], b: [], c: [] });
    const big = work(start(definition), definition, succeeded({ text: "x".repeat(1024 * 1024) }));
    expect(big.run.steps[0]?.message).to.match(/larger than 1 MiB/);
    const most = { text: "x".repeat(1024 * 1024 - 20) };
    let record = start(definition);
    for (let n = 0; n < 3; n += 1) record = work(record, definition, succeeded(most));
    expect(states(record)).to.deep.equal(["SUCCEEDED", "SUCCEEDED", "FAILED"]);
    expect(record.run.message).to.match(/2 MiB together/);
  });

  it("is tried again as a new run that keeps what succeeded", () => {
    const definition = define({ a: [], b: ["a"], c: ["b"] });
    const ended = work(work(start(definition), definition, succeeded({ n: 1 })), definition, failed(false));
    const retry = retryOf(ended, { uid: "v", creator: "users/b" }, definition, NOW + 9);
    expect(states(retry)).to.deep.equal(["SUCCEEDED", "QUEUED", "WAITING"]);
    expect(retry.run).to.include({ uid: "v", name: "runs/v", retryOf: "runs/u", creator: "users/b" });
    expect(retry.run.steps[0]?.output).to.deep.equal({ n: 1 });
    expect(retry.run.steps[1]).to.include({ attempt: 0, message: "" });
    const done = work(work(retry, definition, succeeded(), NOW + 9), definition, succeeded(), NOW + 9);
    expect(done.run.state).to.equal(RunState.SUCCEEDED);
  });
});

import { create } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { RunState, StepState } from "@slipway/gen/slipway/workflow/v1/run_pb.js";
import { WorkflowSchema } from "@slipway/gen/slipway/workflow/v1/workflow_pb.js";
import { expect } from "chai";
import fc from "fast-check";
import { type Definition, definitionOf } from "../workflows/definition.ts";
import { newRun } from "./new-run.ts";
import { advance, cancel, claim, dueMs, extendLease, hasEnded, recordOutcome } from "./run.ts";
import type { Claim, RunRecord, StepOutcome } from "./run-record.ts";

const LEASE_MS = 1000;
const START_MS = 1_000_000_000;

/** A graph without cycles: each step needs some of those before it. */
const definitions: fc.Arbitrary<Definition> = fc
  .array(fc.record({ needs: fc.array(fc.nat(9), { maxLength: 3 }), maxAttempts: fc.integer({ min: 1, max: 4 }) }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((steps) =>
    definitionOf(
      create(WorkflowSchema, {
        name: "workflows/x",
        steps: steps.map(({ needs, maxAttempts }, index) => ({
          id: `s${index}`,
          needs: [...new Set(needs.filter((need) => need < index).map((need) => `s${need}`))],
          action: { case: "http", value: { url: "https://x.example/" } } as const,
          retry: { maxAttempts, initialBackoff: durationFromMs(100), maxBackoff: durationFromMs(2000) },
          totalTimeout: durationFromMs(60_000),
        })),
      }),
    ),
  );

type Action =
  | { do: "claim" | "heartbeat" | "crash" | "advance"; worker: number }
  | { do: "record"; worker: number; outcome: StepOutcome }
  | { do: "clock"; byMs: number }
  | { do: "cancel" };

const outcomes: fc.Arbitrary<StepOutcome> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<StepOutcome>({ kind: "succeeded", output: {} }) },
  fc.boolean().map((mayPass): StepOutcome => ({ kind: "failed", message: "no", mayPass })),
  fc.nat(500).map((afterMs): StepOutcome => ({ kind: "waiting", afterMs, message: "" })),
  fc.constant<StepOutcome>({ kind: "released" }),
);
const worker = fc.nat(3);
const actions: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom("claim" as const), worker }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("record" as const), worker, outcome: outcomes }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("heartbeat" as const, "crash" as const), worker }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("advance" as const), worker }) },
  // Backwards too: clocks are set, and processes disagree.
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("clock" as const), byMs: fc.integer({ min: -800, max: 2500 }) }),
  },
  { weight: 1, arbitrary: fc.constant<Action>({ do: "cancel" }) },
);

describe("run, in any interleaving of workers", () => {
  it("has one end, accepts results under the current token only, and keeps to max_attempts", () => {
    fc.assert(
      fc.property(
        definitions,
        fc.array(actions, { maxLength: 80 }),
        fc.infiniteStream(fc.nat(999)),
        (definition, plan, dice) => {
          const random = () => (dice.next().value ?? 0) / 1000;
          let nowMs = START_MS;
          const about = { subject: "", subjectUid: "", artifact: undefined, event: undefined, input: undefined };
          let record = newRun(
            { uid: "u", tenant: "t", workflow: "workflows/x", creator: "users/a", ...about },
            definition,
            nowMs,
          );
          /** What each worker believes to hold: also after it was replaced. */
          const held = new Map<number, Claim>();
          /** The token under which each step was last claimed. */
          const current = new Map<string, number>();
          let lastToken = 0;

          const change = (next: RunRecord) => {
            expect(hasEnded(record), "a run that has ended is never changed").to.equal(false);
            checkInvariants(next, definition);
            record = next;
          };

          for (const action of plan) {
            if (action.do === "clock") nowMs += action.byMs;
            if (action.do === "crash") held.delete(action.worker);
            if (action.do === "cancel" && !hasEnded(record)) change(cancel(record, "x", nowMs));
            if (action.do === "advance") {
              const next = advance(record, definition, nowMs);
              if (next !== record) change(next);
            }
            if (action.do === "claim") {
              const claimed = claim(record, definition, { owner: `w${action.worker}`, leaseMs: LEASE_MS }, nowMs);
              if (claimed === undefined) continue;
              expect(claimed.claim.token).to.be.greaterThan(lastToken);
              lastToken = claimed.claim.token;
              held.set(action.worker, claimed.claim);
              current.set(claimed.claim.stepId, lastToken);
              change(claimed.record);
            }
            const mine = "worker" in action ? held.get(action.worker) : undefined;
            if (mine === undefined) continue;
            const isRunning = record.run.steps.find(({ id }) => id === mine.stepId)?.state === StepState.RUNNING;
            const isCurrent = isRunning && current.get(mine.stepId) === mine.token;
            if (action.do === "heartbeat") {
              const next = extendLease(record, mine, LEASE_MS, nowMs);
              expect(next !== undefined).to.equal(isCurrent);
              if (next !== undefined) change(next);
            }
            if (action.do === "record") {
              const next = recordOutcome(record, definition, mine, action.outcome, nowMs, random);
              expect(next !== undefined).to.equal(isCurrent);
              if (next !== undefined) change(next);
            }
          }

          // Whatever happened, workers that do their work bring it to an end.
          for (let round = 0; !hasEnded(record); round += 1) {
            expect(round, "the run goes on for ever").to.be.lessThan(100);
            nowMs = Math.max(nowMs, dueMs(record) as number);
            const claimed = claim(record, definition, { owner: "last", leaseMs: LEASE_MS }, nowMs);
            if (claimed === undefined) {
              change(advance(record, definition, nowMs));
              continue;
            }
            change(claimed.record);
            change(recordOutcome(record, definition, claimed.claim, { kind: "succeeded" }, nowMs, random) as RunRecord);
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});

function checkInvariants({ run, control }: RunRecord, definition: Definition): void {
  run.steps.forEach((step, index) => {
    const { lease, dueMs } = control[index] ?? {};
    expect(step.attempt).to.be.at.most(definition.steps[index]?.retry.maxAttempts ?? 0);
    expect(lease !== undefined).to.equal(step.state === StepState.RUNNING);
    expect(dueMs !== undefined).to.equal(step.state === StepState.QUEUED);
    const needed = run.steps.filter(({ id }) => definition.steps[index]?.needs.includes(id));
    if (step.attempt > 0) expect(needed.every(({ state }) => state === StepState.SUCCEEDED)).to.equal(true);
  });
  const open = run.steps.filter(({ state }) =>
    [StepState.WAITING, StepState.QUEUED, StepState.RUNNING].includes(state),
  );
  expect(open.length === 0).to.equal(run.state !== RunState.PENDING && run.state !== RunState.RUNNING);
}

import { durationMs, timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { RunState, StepState } from "@slipway/gen/slipway/workflow/v1/run_pb.js";
import type { Definition, FullStep } from "../workflows/definition.ts";
import { retryPauseMs } from "./retry-pause.ts";
import type { Claim, RunRecord, StepOutcome } from "./run-record.ts";
import { at, copyOf, endStep, failAttempt, queue, skipStep, timedOut, totalDeadlineMs } from "./step-moves.ts";

/**
 * The state machine of a run. Every function is pure: it takes a record and gives another one, or undefined where the
 * transition is refused because the caller's claim is not the current one.
 *
 *   step: WAITING → QUEUED → RUNNING → SUCCEEDED | FAILED;  RUNNING → QUEUED (retry, wait, lost);  WAITING → SKIPPED
 *   run:  PENDING → RUNNING → SUCCEEDED | FAILED;  PENDING | RUNNING → CANCELLED
 */

/** The outputs of one run together, as JSON: a run must fit into one message of 4 MiB with its input. */
const MAX_OUTPUTS_BYTES = 2 * 1024 * 1024;
const MAX_OUTPUT_BYTES = 1024 * 1024;

/** Who claims, for how long. */
export interface Claimant {
  owner: string;
  leaseMs: number;
}

export function hasEnded(record: RunRecord): boolean {
  const { state } = record.run;
  return state !== RunState.PENDING && state !== RunState.RUNNING;
}

/**
 * Everything that time alone and the ends of steps bring about: lost leases, timeouts over all attempts, steps that
 * can start or never will, the end of the run. Gives the same record when nothing does.
 */
export function advance(record: RunRecord, definition: Definition, nowMs: number): RunRecord {
  if (hasEnded(record)) return record;
  const next = copyOf(record);
  let changed = false;
  for (let again = true; again; changed ||= again) {
    again = definition.steps.some((step, index) => moveOn(next, definition, step, index, nowMs));
  }
  return finishWhenDone(next, nowMs) || changed ? next : record;
}

/** Claims the first step that is due. Undefined when none is; the record may need `advance` nevertheless. */
export function claim(
  record: RunRecord,
  definition: Definition,
  { owner, leaseMs }: Claimant,
  nowMs: number,
): { record: RunRecord; claim: Claim } | undefined {
  const advanced = advance(record, definition, nowMs);
  if (hasEnded(advanced)) return undefined;
  const index = advanced.control.findIndex(({ dueMs }) => dueMs !== undefined && dueMs <= nowMs);
  const step = definition.steps[index];
  if (step === undefined) return undefined;

  const next = copyOf(advanced);
  const { stepRun, control } = at(next, index);
  const token = next.lastToken + 1;
  const attempt = control.resumes ? stepRun.attempt : stepRun.attempt + 1;
  const startMs = stepRun.startTime === undefined ? nowMs : timestampMs(stepRun.startTime);
  next.lastToken = token;
  next.control[index] = { lease: { owner, token, expiresMs: nowMs + leaseMs } };
  stepRun.state = StepState.RUNNING;
  stepRun.attempt = attempt;
  stepRun.startTime = timestampFromMs(startMs);
  stepRun.retryTime = undefined;
  if (next.run.state === RunState.PENDING) {
    next.run.state = RunState.RUNNING;
    next.run.startTime = timestampFromMs(nowMs);
  }
  const deadlineMs = Math.min(nowMs + durationMs(step.attemptTimeout), startMs + durationMs(step.totalTimeout));
  return { record: next, claim: { stepId: step.id, attempt, token, deadlineMs } };
}

/** Extends the lease of a claim; undefined when the claim is not the current one. */
export function extendLease(record: RunRecord, { stepId, token }: Claim, leaseMs: number, nowMs: number) {
  const index = indexOfClaim(record, stepId, token);
  if (index === undefined) return undefined;
  const next = copyOf(record);
  const { control } = at(next, index);
  if (control.lease !== undefined) next.control[index] = { lease: { ...control.lease, expiresMs: nowMs + leaseMs } };
  return next;
}

/** Records how an attempt ended and all that follows from it; undefined when the claim is not the current one. */
export function recordOutcome(
  record: RunRecord,
  definition: Definition,
  { stepId, token }: Pick<Claim, "stepId" | "token">,
  outcome: StepOutcome,
  nowMs: number,
  random: () => number,
): RunRecord | undefined {
  const index = indexOfClaim(record, stepId, token);
  const step = index === undefined ? undefined : definition.steps[index];
  if (index === undefined || step === undefined) return undefined;
  const next = copyOf(record);
  const bounded = withinBounds(next, outcome);
  switch (bounded.kind) {
    case "succeeded":
      endStep(next, index, StepState.SUCCEEDED, "", nowMs);
      if (bounded.output !== undefined) at(next, index).stepRun.output = bounded.output;
      break;
    case "failed":
      failAttempt(next, step, index, bounded, retryPauseMs(step.retry, at(next, index).stepRun.attempt, random), nowMs);
      break;
    case "waiting":
      queue(next, index, nowMs + bounded.afterMs, bounded.message, true);
      break;
    case "released":
      queue(next, index, nowMs, "", true);
      break;
  }
  return advance(next, definition, nowMs);
}

/** Ends a run on request: what runs is FAILED, what waits is SKIPPED, and every claim is void. */
export function cancel(record: RunRecord, reason: string, nowMs: number): RunRecord {
  const next = copyOf(record);
  next.run.steps.forEach((stepRun, index) => {
    const { state } = stepRun;
    if (state === StepState.RUNNING) endStep(next, index, StepState.FAILED, "The run was cancelled.", nowMs);
    // A step that waits for its next attempt did start.
    else if (state === StepState.QUEUED && stepRun.attempt > 0) {
      endStep(next, index, StepState.FAILED, "The run was cancelled.", nowMs);
    } else if (state === StepState.QUEUED || state === StepState.WAITING) skipStep(next, index);
  });
  next.run.state = RunState.CANCELLED;
  next.run.message = reason;
  next.run.finishTime = timestampFromMs(nowMs);
  return next;
}

/** The next time at which anything must happen to the run; undefined when it has ended. */
export function dueMs(record: RunRecord): number | undefined {
  if (hasEnded(record)) return undefined;
  const times = record.control.flatMap((control) => control.dueMs ?? control.lease?.expiresMs ?? []);
  return Math.min(...times);
}

/** Moves one step as far as it goes by itself; whether it moved. */
function moveOn(record: RunRecord, definition: Definition, step: FullStep, index: number, nowMs: number): boolean {
  const { stepRun, control } = at(record, index);
  if (stepRun.state === StepState.RUNNING && control.lease !== undefined && control.lease.expiresMs <= nowMs) {
    const message = `The worker of attempt ${stepRun.attempt} was lost.`;
    failAttempt(record, step, index, { message, mayPass: true }, 0, nowMs);
    return true;
  }
  if (stepRun.state === StepState.QUEUED && totalDeadlineMs(stepRun, step) <= nowMs) {
    endStep(record, index, StepState.FAILED, timedOut(step, stepRun.message), nowMs);
    return true;
  }
  if (stepRun.state !== StepState.WAITING) return false;
  const needed = step.needs.map((need) => {
    const position = definition.steps.findIndex((other) => other.id === need);
    return at(record, position).stepRun.state;
  });
  if (needed.some((state) => state === StepState.FAILED || state === StepState.SKIPPED)) {
    skipStep(record, index);
    return true;
  }
  if (!needed.every((state) => state === StepState.SUCCEEDED)) return false;
  queue(record, index, nowMs, "", false);
  return true;
}

/** Ends the run once every step has ended; whether it did. */
function finishWhenDone({ run, control }: RunRecord, nowMs: number): boolean {
  const open = control.some(({ dueMs, lease }) => dueMs !== undefined || lease !== undefined);
  if (open || run.steps.some(({ state }) => state === StepState.WAITING)) return false;
  const failed = run.steps.find(({ state }) => state === StepState.FAILED);
  run.state = failed === undefined ? RunState.SUCCEEDED : RunState.FAILED;
  run.message = failed === undefined ? "" : `The step ${failed.id} failed: ${failed.message}`;
  run.finishTime = timestampFromMs(nowMs);
  return true;
}

function withinBounds({ run }: RunRecord, outcome: StepOutcome): StepOutcome {
  if (outcome.kind !== "succeeded" || outcome.output === undefined) return outcome;
  const sizeBytes = Buffer.byteLength(JSON.stringify(outcome.output));
  const tooLarge = (message: string): StepOutcome => ({ kind: "failed", message, mayPass: false });
  if (sizeBytes > MAX_OUTPUT_BYTES) return tooLarge("The output is larger than 1 MiB. Give back less.");
  const others = run.steps.reduce((sum, { output }) => sum + (output ? JSON.stringify(output).length : 0), 0);
  if (others + sizeBytes <= MAX_OUTPUTS_BYTES) return outcome;
  return tooLarge("The outputs of the run are larger than 2 MiB together. Give back less.");
}

/** The place of a step that is RUNNING under this token; undefined when another claim has replaced it. */
function indexOfClaim(record: RunRecord, stepId: string, token: number): number | undefined {
  const index = record.run.steps.findIndex(({ id }) => id === stepId);
  return index >= 0 && record.control[index]?.lease?.token === token ? index : undefined;
}

import { durationMs, timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { type StepRun, StepState } from "@slipway/gen/slipway/workflow/v1/run_pb.js";
import type { FullStep } from "../workflows/definition.ts";
import type { RunRecord, StepControl } from "./run-record.ts";

/** The moves of single steps that the state machine of run.ts is made of. They change a copy that run.ts has made. */

const MAX_MESSAGE_CHARACTERS = 4096;

/** The step at an index. */
export function at(record: RunRecord, index: number): { stepRun: StepRun; control: StepControl } {
  const stepRun = record.run.steps[index];
  const control = record.control[index];
  if (stepRun === undefined || control === undefined)
    throw new RangeError(`run ${record.run.uid} has no step ${index}`);
  return { stepRun, control };
}

/** A copy whose run, steps and control can be changed; inputs and outputs are shared, they never change. */
export function copyOf(record: RunRecord): RunRecord {
  const { run, control } = record;
  return { ...record, run: { ...run, steps: run.steps.map((step) => ({ ...step })) }, control: [...control] };
}

/** Ends an attempt that failed: another one after the pause, or the end of the step. */
export function failAttempt(
  record: RunRecord,
  step: FullStep,
  index: number,
  failure: { message: string; mayPass: boolean },
  pauseMs: number,
  nowMs: number,
): void {
  const { stepRun } = at(record, index);
  const isLast = !failure.mayPass || stepRun.attempt >= step.retry.maxAttempts;
  if (isLast) {
    endStep(record, index, StepState.FAILED, failure.message, nowMs);
  } else if (nowMs + pauseMs >= totalDeadlineMs(stepRun, step)) {
    endStep(record, index, StepState.FAILED, timedOut(step, failure.message), nowMs);
  } else {
    queue(record, index, nowMs + pauseMs, failure.message, false);
  }
}

/** When all attempts together must have ended. */
export function totalDeadlineMs(stepRun: StepRun, step: FullStep): number {
  if (stepRun.startTime === undefined) return Number.POSITIVE_INFINITY;
  return timestampMs(stepRun.startTime) + durationMs(step.totalTimeout);
}

/** What a step says that took too long with all its attempts. */
export function timedOut(step: FullStep, lastMessage: string): string {
  const limit = `All attempts together took longer than ${durationMs(step.totalTimeout) / 1000} s.`;
  return lastMessage === "" ? limit : `${limit} The last one: ${lastMessage}`;
}

/** Makes a step claimable from a time on. */
export function queue(record: RunRecord, index: number, dueMs: number, message: string, resumes: boolean): void {
  const { stepRun } = at(record, index);
  record.control[index] = resumes ? { dueMs, resumes } : { dueMs };
  stepRun.state = StepState.QUEUED;
  stepRun.message = message.slice(0, MAX_MESSAGE_CHARACTERS);
  stepRun.retryTime = stepRun.attempt === 0 ? undefined : timestampFromMs(dueMs);
}

/** Ends a step that had started. */
export function endStep(record: RunRecord, index: number, state: StepState, message: string, nowMs: number): void {
  const { stepRun } = at(record, index);
  record.control[index] = {};
  stepRun.state = state;
  stepRun.message = message.slice(0, MAX_MESSAGE_CHARACTERS);
  stepRun.finishTime = timestampFromMs(nowMs);
  stepRun.retryTime = undefined;
}

/** Ends a step that never started. */
export function skipStep(record: RunRecord, index: number): void {
  record.control[index] = {};
  at(record, index).stepRun.state = StepState.SKIPPED;
}

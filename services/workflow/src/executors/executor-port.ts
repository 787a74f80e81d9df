import type { JsonObject } from "@bufbuild/protobuf";
import type { RunRecord, StepOutcome } from "../runs/run-record.ts";
import type { FullStep } from "../workflows/definition.ts";

/** One attempt at a step. */
export interface StepAttempt {
  tenantUid: string;
  record: RunRecord;
  step: FullStep;
  /** 1, 2, 3 …; with run and step the idempotency key. */
  attempt: number;
  /** What the needed steps gave, by their ids. */
  outputs: Readonly<Record<string, JsonObject>>;
}

/**
 * The StepExecutor port: does one kind of step. It may run the same attempt twice (a worker was lost), so what it does
 * must be idempotent under run, step and attempt. It ends soon after the signal aborts; its result is then dropped.
 * What it throws counts as a failure that may pass.
 */
export interface StepExecutor {
  execute(attempt: StepAttempt, signal: AbortSignal): Promise<StepOutcome>;
}

/** One executor for each kind of action. */
export type StepExecutors = Readonly<Record<NonNullable<FullStep["action"]["case"]>, StepExecutor>>;

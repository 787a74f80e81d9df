import type { JsonObject } from "@bufbuild/protobuf";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { RpcError } from "@slipway/rpc";
import type { StepAttempt, StepExecutors } from "../executors/executor-port.ts";
import type { Claim, StepOutcome, StoredRun } from "../runs/run-record.ts";
import type { Definition, FullStep } from "../workflows/definition.ts";
import { type LeaseOptions, LeaseWorker } from "./lease-worker.ts";

export interface AttemptOptions extends LeaseOptions {
  executors: StepExecutors;
  /** Aborts when the process stops. */
  stopping: AbortSignal;
}

/** How an attempt ended, beside the run as it was last seen. LOST: another worker has the step; drop it. */
export interface AttemptEnd {
  stored: StoredRun;
  outcome: StepOutcome | "LOST";
}

/**
 * Makes one claimed attempt: the executor works while the lease is kept, until it is done, its time is over, the claim
 * is lost or the process stops. An executor that does not heed its signal is left behind, its result is dropped.
 */
export async function makeAttempt(
  options: AttemptOptions,
  stored: StoredRun,
  definition: Definition,
  claim: Claim,
): Promise<AttemptEnd> {
  const step = definition.steps.find(({ id }) => id === claim.stepId);
  if (step === undefined) throw new Error(`the definition ${definition.digest} has no step ${claim.stepId}`);
  const { clock, stopping } = options;
  const lease = new LeaseWorker(options, stored, claim);
  const timeLimit = new AbortController();
  const timer = setTimeout(() => timeLimit.abort(), Math.max(0, claim.deadlineMs - clock.nowMs()));
  const done = new AbortController();
  const signal = AbortSignal.any([lease.lost, timeLimit.signal, stopping, done.signal]);
  const interrupted = new Promise<StepOutcome | "LOST">((resolve) => {
    const give = () => {
      if (lease.lost.aborted) resolve("LOST");
      else if (stopping.aborted) resolve({ kind: "released" });
      else resolve({ kind: "failed", message: timedOut(step, claim), mayPass: true });
    };
    if (signal.aborted) give();
    else signal.addEventListener("abort", give, { once: true });
  });
  try {
    const attempt = attemptOf(stored, step, claim);
    const outcome = await Promise.race([interrupted, execute(options, attempt, signal)]);
    return { outcome, stored: await lease.end() };
  } finally {
    clearTimeout(timer);
    done.abort();
    await lease.end();
  }
}

async function execute(
  { executors, log }: AttemptOptions,
  attempt: StepAttempt,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const { step, record } = attempt;
  if (step.action.case === undefined) return { kind: "failed", message: "The step has no action.", mayPass: false };
  try {
    return await executors[step.action.case].execute(attempt, signal);
  } catch (error) {
    if (signal.aborted) return { kind: "failed", message: "The attempt was interrupted.", mayPass: true };
    log.warn({ run: record.run.uid, step: step.id, attempt: attempt.attempt, err: error }, "an attempt failed");
    if (error instanceof RpcError) return { kind: "failed", message: error.message, mayPass: mayPass(error) };
    return { kind: "failed", message: "The step failed unexpectedly; the server's log says why.", mayPass: true };
  }
}

/** Codes after which the same call may succeed later (google.rpc.Code). */
const PASSING: ReadonlySet<string> = new Set([
  "UNAVAILABLE",
  "DEADLINE_EXCEEDED",
  "ABORTED",
  "RESOURCE_EXHAUSTED",
  "INTERNAL",
  "UNKNOWN",
  "CANCELLED",
  "UNAUTHENTICATED",
]);

function mayPass(error: RpcError): boolean {
  return PASSING.has(error.code);
}

function attemptOf({ tenantUid, record }: StoredRun, step: FullStep, claim: Claim): StepAttempt {
  const outputs: Record<string, JsonObject> = {};
  for (const { id, output } of record.run.steps) if (step.needs.includes(id)) outputs[id] = output ?? {};
  return { tenantUid, record, step, attempt: claim.attempt, outputs };
}

function timedOut(step: FullStep, { attempt }: Claim): string {
  return `Attempt ${attempt} took longer than ${durationMs(step.attemptTimeout) / 1000} s.`;
}

import type { StageService } from "@slipway/gen/slipway/metadata/v1/stage_service_pb.js";
import { TransitionState } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import type { Client } from "@slipway/rpc";
import type { StepOutcome } from "../runs/run-record.ts";
import { actingForRun } from "./acting-for-run.ts";
import { reportOf } from "./check-report.ts";
import type { StepAttempt, StepExecutor } from "./executor-port.ts";

/** Reports a check of the transition that the run is about. Output: `state`, the transition's. */
export class ReportCheckExecutor implements StepExecutor {
  readonly #stages: Client<typeof StageService>;

  constructor(stages: Client<typeof StageService>) {
    this.#stages = stages;
  }

  async execute(attempt: StepAttempt, signal: AbortSignal): Promise<StepOutcome> {
    const { action } = attempt.step;
    if (action.case !== "reportCheck") return { kind: "failed", message: "Not a report_check step.", mayPass: false };
    const report = { name: attempt.record.run.subject, check: action.value.check, ...reportOf(attempt.outputs) };
    const { transition } = await this.#stages.reportCheck(report, actingForRun(attempt, signal));
    return { kind: "succeeded", output: { state: TransitionState[transition?.state ?? 0] ?? "" } };
  }
}

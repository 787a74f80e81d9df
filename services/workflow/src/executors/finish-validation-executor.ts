import { VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import type { VersionService } from "@slipway/gen/slipway/metadata/v1/version_service_pb.js";
import type { Client } from "@slipway/rpc";
import type { StepOutcome } from "../runs/run-record.ts";
import { actingForRun } from "./acting-for-run.ts";
import type { StepAttempt, StepExecutor } from "./executor-port.ts";
import { assessmentIn } from "./verdict.ts";

/** Tells metadata what the steps before found. Output: `state`, the version's new one. */
export class FinishValidationExecutor implements StepExecutor {
  readonly #versions: Client<typeof VersionService>;

  constructor(versions: Client<typeof VersionService>) {
    this.#versions = versions;
  }

  async execute(attempt: StepAttempt, signal: AbortSignal): Promise<StepOutcome> {
    const { run } = attempt.record;
    const assessment = assessmentIn(attempt.outputs);
    if (assessment === undefined) {
      return { kind: "failed", message: "The steps before gave no proof and verdict.", mayPass: false };
    }
    const request = { versionUid: run.subjectUid, run: run.name, ...assessment };
    const { version } = await this.#versions.finishValidation(request, actingForRun(attempt, signal));
    return { kind: "succeeded", output: { state: VersionState[version?.state ?? 0] ?? "" } };
  }
}

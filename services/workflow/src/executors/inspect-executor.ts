import type { ArtifactService } from "@slipway/gen/slipway/artifact/v1/artifact_service_pb.js";
import type { Client } from "@slipway/rpc";
import type { StepOutcome } from "../runs/run-record.ts";
import { actingForRun } from "./acting-for-run.ts";
import type { StepAttempt, StepExecutor } from "./executor-port.ts";
import { outputOfInspection, outputWithoutInspection } from "./verdict.ts";

/** Has the artifact service inspect the artifact. Output: `verdict`, `findings`. */
export class InspectExecutor implements StepExecutor {
  readonly #artifacts: Client<typeof ArtifactService>;

  constructor(artifacts: Client<typeof ArtifactService>) {
    this.#artifacts = artifacts;
  }

  async execute(attempt: StepAttempt, signal: AbortSignal): Promise<StepOutcome> {
    const { artifact } = attempt.record;
    const unproven = Object.values(attempt.outputs).some(({ proven }) => proven === false);
    if (artifact === undefined || unproven) return { kind: "succeeded", output: outputWithoutInspection() };
    const report = await this.#artifacts.inspectArtifact({ artifact }, actingForRun(attempt, signal));
    return { kind: "succeeded", output: outputOfInspection(report) };
  }
}

import { timestampMs } from "@bufbuild/protobuf/wkt";
import { ArtifactState } from "@slipway/gen/slipway/artifact/v1/artifact_pb.js";
import type { ArtifactService } from "@slipway/gen/slipway/artifact/v1/artifact_service_pb.js";
import { type Client, RpcError } from "@slipway/rpc";
import type { Clock } from "@slipway/runtime";
import type { StepOutcome } from "../runs/run-record.ts";
import { actingForRun } from "./acting-for-run.ts";
import type { StepAttempt, StepExecutor } from "./executor-port.ts";

/** A look costs two commits; waiting a quarter of the time that went by already grows the pauses exponentially. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;
const PAUSE_PART = 1 / 4;

/** Waits until the artifact service has proven the artifact. Output: `proven`. */
export class ProofExecutor implements StepExecutor {
  readonly #artifacts: Client<typeof ArtifactService>;
  readonly #clock: Clock;

  constructor(artifacts: Client<typeof ArtifactService>, clock: Clock) {
    this.#artifacts = artifacts;
    this.#clock = clock;
  }

  async execute(attempt: StepAttempt, signal: AbortSignal): Promise<StepOutcome> {
    const state = await this.#stateOf(attempt, signal);
    if (state === ArtifactState.READY) return { kind: "succeeded", output: { proven: true } };
    if (state === ArtifactState.VERIFYING) {
      return { kind: "waiting", afterMs: this.#pauseMs(attempt), message: "The digests are being proven." };
    }
    return { kind: "succeeded", output: { proven: false } };
  }

  /** UNSPECIFIED where there is no such artifact. */
  async #stateOf(attempt: StepAttempt, signal: AbortSignal): Promise<ArtifactState> {
    const name = attempt.record.artifact;
    if (name === undefined) return ArtifactState.UNSPECIFIED;
    try {
      const { artifact } = await this.#artifacts.getArtifact({ name }, actingForRun(attempt, signal));
      return artifact?.state ?? ArtifactState.UNSPECIFIED;
    } catch (error) {
      if (error instanceof RpcError && error.code === "NOT_FOUND") return ArtifactState.UNSPECIFIED;
      throw error;
    }
  }

  #pauseMs({ record, step }: StepAttempt): number {
    const startTime = record.run.steps.find(({ id }) => id === step.id)?.startTime;
    const waitedMs = startTime === undefined ? 0 : this.#clock.nowMs() - timestampMs(startTime);
    return Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, Math.round(waitedMs * PAUSE_PART)));
  }
}

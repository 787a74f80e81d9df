import type { Run } from "@slipway/gen/slipway/workflow/v1/run_pb.js";

/** `runs/{uid}`, of what a person gives: with or without `runs/`. */
export function runName(text: string): string {
  return `runs/${text.replace(/^runs\//, "")}`;
}

/** A run's name as it is shown: without `runs/`. */
export function runId({ name }: Run): string {
  return name.replace(/^runs\//, "");
}

import { create } from "@bufbuild/protobuf";
import type { StagePolicy } from "@slipway/gen/slipway/metadata/v1/stage_policy_pb.js";
import { ListVersionsRequestSchema } from "@slipway/gen/slipway/metadata/v1/version_service_pb.js";
import { versionQuery } from "../versions/version-search.ts";
import { stageOf } from "./policy.ts";

/** A stage that takes fewer versions of a model than it did: none, or a single one. */
export interface NarrowedStage {
  stage: string;
  /** How many versions of one model may be in it from now on. */
  most: 0 | 1;
}

/** The stages that another policy takes away, or makes exclusive. */
export function narrowedStages(before: StagePolicy, after: StagePolicy): NarrowedStage[] {
  return before.stages.flatMap(({ name, exclusive }): NarrowedStage[] => {
    const kept = stageOf(after, name);
    if (kept === undefined) return [{ stage: name, most: 0 }];
    return kept.exclusive && !exclusive ? [{ stage: name, most: 1 }] : [];
  });
}

/** The names of stages that another policy adds. */
export function addedStages(before: StagePolicy, after: StagePolicy): string[] {
  return after.stages.map(({ name }) => name).filter((name) => stageOf(before, name) === undefined);
}

/** Whether versions or aliases may stand in the way of another policy. */
export function canBeInTheWay(before: StagePolicy, after: StagePolicy): boolean {
  return narrowedStages(before, after).length > 0 || addedStages(before, after).length > 0;
}

/** What a query asks for to find the versions that are in a stage: those that are published. No model: of all models. */
export function versionsInStage(stage: string, modelUid: string | undefined) {
  const request = create(ListVersionsRequestSchema, { filter: `stage = "${stage}"` });
  return versionQuery(request, { modelUid, viewer: true });
}

/** Counts versions per model, and finds the first that is one too many. */
export class StageCount {
  readonly #most: number;
  readonly #counts = new Map<string, number>();

  constructor({ most }: NarrowedStage) {
    this.#most = most;
  }

  isTooMany(modelUid: string): boolean {
    const count = (this.#counts.get(modelUid) ?? 0) + 1;
    this.#counts.set(modelUid, count);
    return count > this.#most;
  }
}

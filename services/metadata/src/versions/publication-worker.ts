import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import type { Actor, ChangeStore } from "../changes/change-store.ts";
import type { StoredModel } from "../models/model.ts";
import type { Entered, StageWorker } from "../transitions/stage-worker.ts";
import { rankedModel, rankingOf, rankingWith } from "./ranking.ts";
import { changedVersion, type StoredVersion } from "./version.ts";

/** Plans publications, whoever decides on them: admission or reviewers. */
export class PublicationWorker {
  readonly #stages: StageWorker;
  readonly #changes: ChangeStore;

  constructor(stages: StageWorker, changes: ChangeStore) {
    this.#stages = stages;
    this.#changes = changes;
  }

  /** The version PUBLISHED and in the first stage, and the model with it as its latest where it is the highest. */
  async publish(by: Actor, parent: StoredModel, stored: StoredVersion): Promise<Entered> {
    const nowMs = this.#changes.nowMs();
    const fields = { state: VersionState.PUBLISHED, publishTime: timestampFromMs(nowMs) };
    const version = changedVersion(stored, nowMs, fields);
    return this.#stages.publish(by, rankedModel(parent, nowMs, rankingWith(rankingOf(parent), version)), version);
  }
}

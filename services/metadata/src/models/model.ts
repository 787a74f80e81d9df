import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Model, ModelSchema } from "@slipway/gen/slipway/metadata/v1/model_pb.js";
import { etagOf } from "@slipway/resources";
import { fail } from "@slipway/rpc";

/** The fields that UpdateModel changes, as in the proto. */
export const UPDATABLE_MODEL_FIELDS = [
  "description",
  "tags",
  "labels",
  "author",
  "owners",
  "primary_dataset",
  "retention",
  "compatibility",
] as const;

const MAXIMUM_TAGS = 100;

/** What a model knows about its versions besides what it shows. Numbers count also where their version is deleted. */
export interface VersionCounters {
  /** The highest number ever allocated. */
  highest?: string | undefined;
  /** The highest stable number ever allocated. */
  highestStable?: string | undefined;
  /** The highest stable number whose version is neither rejected nor deleted: what signatures are compared with. */
  comparable?: string | undefined;
  /** How often a version entered a stage; orders the versions of a stage. */
  stageEntries: number;
  /** When the last of them was, in milliseconds since 1970: the next one is not before it. */
  stageTimeMs?: number | undefined;
}

/** A model as it is stored. */
export interface StoredModel {
  /** Of its document; 0 before it is stored. */
  revision: number;
  /** Without etag, which follows from the revision. */
  model: Model;
  counters: VersionCounters;
  /** Who purges it, once PurgeModel has begun: from then on it can only be purged to the end. */
  purger?: Purger | undefined;
  /** Who set its retention policy. */
  retainer?: Purger | undefined;
  /** Who shared it last with all tenants. */
  sharer?: Purger | undefined;
}

/** Under whose name something goes on in the background. */
export interface Purger {
  /** Name of the tenant. */
  tenant: string;
  principal: string;
}

/** The resource name of a model. */
export function modelResourceName(name: string): string {
  return `models/${name}`;
}

/** The name inside the resource name. */
export function modelNameOf(model: Model): string {
  return model.name.slice("models/".length);
}

/** A new model: from what the client sent only what clients decide. */
export function newModel(
  sent: Model,
  given: { name: string; uid: string; creator: string; nowMs: number },
): StoredModel {
  const { description, tags, labels, author, owners, primaryDataset } = sent;
  const now = timestampFromMs(given.nowMs);
  const model = create(ModelSchema, {
    name: modelResourceName(given.name),
    uid: given.uid,
    creator: given.creator,
    description,
    tags,
    labels,
    author,
    owners,
    primaryDataset,
    createTime: now,
    updateTime: now,
  });
  return { revision: 0, model, counters: { stageEntries: 0 } };
}

/** Some fields with their new values; undefined unsets one. */
type Changes<T> = { [Name in keyof T]?: T[Name] | undefined };

/** The model after a change at a time. */
export function changedModel(
  stored: StoredModel,
  nowMs: number,
  changes: {
    model?: Changes<Model>;
    counters?: Partial<VersionCounters>;
    purger?: Purger;
    retainer?: Purger;
    sharer?: Purger;
  },
): StoredModel {
  const model = Object.assign({ ...stored.model }, changes.model, { updateTime: timestampFromMs(nowMs) });
  return {
    revision: stored.revision,
    model,
    counters: { ...stored.counters, ...changes.counters },
    purger: changes.purger ?? stored.purger,
    retainer: changes.retainer ?? stored.retainer,
    sharer: changes.sharer ?? stored.sharer,
  };
}

/** The model as clients see it at a revision of its document; shares what is inside of it with the stored one. */
export function shownModel({ model }: StoredModel, revision: number): Model {
  return { ...model, etag: etagOf(revision) };
}

/** The model, also a deleted one; refuses with MODEL_NOT_FOUND what does not exist or is being purged. */
export function existingModel(stored: StoredModel | undefined, name: string): StoredModel {
  if (stored === undefined || stored.purger !== undefined) throw fail("MODEL_NOT_FOUND", { name });
  return stored;
}

/** Whether principals of other tenants may read it. */
export function isShared({ model, purger }: StoredModel): boolean {
  return model.shared && model.deleteTime === undefined && purger === undefined;
}

/** As existingModel, and refuses with MODEL_DELETED one that is deleted. */
export function liveModel(stored: StoredModel | undefined, name: string): StoredModel {
  const existing = existingModel(stored, name);
  if (existing.model.deleteTime !== undefined) throw fail("MODEL_DELETED", { name });
  return existing;
}

/** A mask that names single tags adds to those that are there, so their count is known only afterwards. */
export function checkTagCount(tags: Readonly<Record<string, string>>, field: string): void {
  const count = Object.keys(tags).length;
  if (count <= MAXIMUM_TAGS) return;
  const description = `would be ${count} tags; at most ${MAXIMUM_TAGS}`;
  throw fail("REQUEST_INVALID", { summary: `${field} ${description}` }, { fields: [{ field, description }] });
}

import { fromJson, toJson } from "@bufbuild/protobuf";
import type {
  CollectionDefinition,
  Cursor,
  DocumentKey,
  DocumentStore,
  Filter,
  JsonObject,
  Ordering,
  Query,
  StoredDocument,
  Write,
} from "@slipway/documents";
import type { Model } from "@slipway/gen/slipway/metadata/v1/model_pb.js";
import { ReviewSchema } from "@slipway/gen/slipway/metadata/v1/review_pb.js";
import { VersionSchema } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { listPage, type Matches, matchesOf } from "@slipway/resources";
import type { ReferencingVersion } from "../access/download.ts";
import type { VersionScores } from "../evaluations/version-scores.ts";
import { modelNameOf, type StoredModel } from "../models/model.ts";
import { type Ranking, rankingOf } from "./ranking.ts";
import { isComparable, isFoundDangerous, type OfModel, type StoredVersion, versionResourceName } from "./version.ts";
import { isStable } from "./version-number.ts";
import {
  candidatesOf,
  projectVersion,
  versionIndexes,
  versionsNamedOtherwise,
  versionsOfArtifact,
  versionTerms,
} from "./version-search.ts";

/**
 * Versions under `{uid of the model}/{number}`, so that a number is unique in its model by itself. Body: `resource`
 * (without name, url and etag), `modelUid`, `stageEntry`, `ofModel`, `scores`, `reviews`.
 */
export const versionsCollection: CollectionDefinition = {
  name: "versions",
  formatVersion: 1,
  upgrade: (body) => body,
  project: (body) => projectVersion(writtenAs.get(body) ?? versionOfBody(body, 0)),
};

/** What a body that is about to be written was made from, so that projecting it need not parse it. */
const writtenAs = new WeakMap<JsonObject, StoredVersion>();

const LATEST: Ordering = { by: "created", direction: "descending" };

/** Pages in which walks over the versions of a model are read. */
const WALK_PAGE = 20;

/** The port reads at most so many documents at once. */
const READ_AT_ONCE = 1000;

/** Reads a model by name together with other documents; see ModelStore. */
export interface ModelFinder {
  findWith(
    tenantUid: string,
    name: string,
    otherKeys: (uid: string) => DocumentKey[],
  ): Promise<{ stored: StoredModel; others: (StoredDocument | undefined)[] } | undefined>;
  getMany(tenantUid: string, uids: readonly string[]): Promise<Map<string, StoredModel>>;
}

/** A model and, where it exists, the version that was asked for. */
export interface FoundVersion {
  model: StoredModel;
  version: StoredVersion | undefined;
}

/** Versions in the DocumentStore, always of one tenant. */
export class VersionStore {
  readonly #documents: DocumentStore;
  readonly #models: ModelFinder;

  constructor(documents: DocumentStore, models: ModelFinder) {
    this.#documents = documents;
    this.#models = models;
  }

  /** A version by the names of its model and its own, deleted ones too; undefined where there is no such model. */
  async find(tenantUid: string, model: string, number: string): Promise<FoundVersion | undefined> {
    const found = await this.#models.findWith(tenantUid, model, (uid) => [versionKey(tenantUid, uid, number)]);
    if (found === undefined) return undefined;
    const [document] = found.others;
    return { model: found.stored, version: document && storedVersionOf(document) };
  }

  async get(tenantUid: string, modelUid: string, number: string): Promise<StoredVersion | undefined> {
    const document = await this.#documents.get(versionKey(tenantUid, modelUid, number));
    return document && storedVersionOf(document);
  }

  /** Versions by where they are stored, with their models, by uid; what is purged is left out. */
  async atPoints(
    tenantUid: string,
    points: readonly { id: string; modelUid: string; number: string }[],
  ): Promise<Map<string, { model: StoredModel; version: StoredVersion }>> {
    const found = new Map<string, { model: StoredModel; version: StoredVersion }>();
    for (let from = 0; from < points.length; from += READ_AT_ONCE) {
      const some = points.slice(from, from + READ_AT_ONCE);
      const keys = some.map(({ modelUid, number }) => versionKey(tenantUid, modelUid, number));
      const stored = (await this.#documents.getMany(keys)).flatMap((each) => (each ? [storedVersionOf(each)] : []));
      const models = await this.#models.getMany(tenantUid, [...new Set(stored.map(({ modelUid }) => modelUid))]);
      for (const version of stored) {
        const model = models.get(version.modelUid);
        if (model !== undefined) found.set(version.version.uid, { model, version });
      }
    }
    return found;
  }

  async byUid(tenantUid: string, uid: string): Promise<StoredVersion | undefined> {
    const [version] = await this.#query(tenantUid, { term: versionTerms.uid(uid) }, undefined, 1);
    return version;
  }

  /** Some versions of a model, the oldest first. */
  some(tenantUid: string, modelUid: string, limit: number): Promise<StoredVersion[]> {
    return this.#query(tenantUid, { term: versionTerms.model(modelUid) }, undefined, limit);
  }

  /** Some versions of a model that know it by another name. */
  namedOtherwise(tenantUid: string, { uid, name }: Model, limit: number): Promise<StoredVersion[]> {
    return this.#query(tenantUid, versionsNamedOtherwise(uid, name), undefined, limit);
  }

  /** The highest number ever allocated below a bound (see precedence-key.ts); no bound: of all. */
  async highest(tenantUid: string, modelUid: string, below?: string): Promise<string | undefined> {
    const [version] = await this.#last(tenantUid, { string: versionIndexes.all(modelUid) }, 1, below);
    return version?.version.number;
  }

  /** The highest version below a bound whose signature counts; `except` is passed over. */
  async highestComparable(
    tenantUid: string,
    modelUid: string,
    { below, except }: { below?: string; except?: string },
  ): Promise<StoredVersion | undefined> {
    for await (const stored of this.#walk(tenantUid, versionIndexes.all(modelUid), below)) {
      if (stored.version.number !== except && isComparable(stored)) return stored;
    }
    return undefined;
  }

  /** The ordinal of the last but so many of the versions that are neither rejected nor deleted; 0: there are fewer. */
  async lastFrom(tenantUid: string, modelUid: string, count: number): Promise<bigint> {
    const last = await this.#query(tenantUid, candidatesOf(modelUid), LATEST, count);
    return last.length < count ? 0n : (last.at(-1)?.version.ordinal ?? 0n);
  }

  /** The versions that a filter finds, the oldest first, read as far as they are looked at. */
  async *matching(tenant: string, filter: Filter): AsyncIterable<StoredVersion> {
    for await (const page of this.#pages({ tenant, filter, limit: WALK_PAGE })) yield* page;
  }

  /** The version that was made last of those that are neither rejected nor deleted. */
  async newest(tenantUid: string, modelUid: string): Promise<StoredVersion | undefined> {
    const [version] = await this.#query(tenantUid, candidatesOf(modelUid), LATEST, 1);
    return version;
  }

  /** The version of an artifact that was made last and is not deleted, where the inspection rejected it. */
  async lastRejected(tenantUid: string, modelUid: string, artifact: string): Promise<StoredVersion | undefined> {
    const [last] = await this.#query(tenantUid, versionsOfArtifact(modelUid, artifact), LATEST, 1);
    return last !== undefined && isFoundDangerous(last) ? last : undefined;
  }

  /** The published version of a model that entered a stage last. */
  async lastInStage(tenantUid: string, modelUid: string, stage: string): Promise<StoredVersion | undefined> {
    const [version] = await this.#last(tenantUid, { number: versionIndexes.stage(modelUid, stage) }, 1);
    return version;
  }

  /** The published versions of a model in a stage, the one that entered last first; at most 1,000. */
  inStage(tenantUid: string, modelUid: string, stage: string, limit: number): Promise<StoredVersion[]> {
    return this.#last(tenantUid, { number: versionIndexes.stage(modelUid, stage) }, limit);
  }

  /** The published versions of a model, the highest first, read as far as they are looked at. */
  published(tenantUid: string, modelUid: string): AsyncIterable<StoredVersion> {
    return this.#walk(tenantUid, versionIndexes.published(modelUid));
  }

  /** What the model knows by rank once a version no longer counts, because it is deleted, rejected or withdrawn. */
  async rankingWithout(tenantUid: string, stored: StoredModel, number: string): Promise<Ranking> {
    const ranking = rankingOf(stored);
    const { uid } = stored.model;
    if (ranking.comparable === number) {
      ranking.comparable = (await this.highestComparable(tenantUid, uid, { except: number }))?.version.number;
    }
    if (ranking.latestVersion === number) ranking.latestVersion = await this.#highestRelease(tenantUid, uid, number);
    return ranking;
  }

  async list(
    tenantUid: string,
    query: { filter: Filter; ordering: Ordering },
    page: { pageSize: number; pageToken: string },
  ): Promise<{ versions: StoredVersion[]; nextPageToken: string }> {
    const whole = { tenant: tenantUid, collection: versionsCollection.name, ...query };
    const { documents, nextPageToken } = await listPage(this.#documents, whole, page);
    return { versions: documents.map(storedVersionOf), nextPageToken };
  }

  /** What a filter finds, on all pages together. */
  matches(tenant: string, filter: Filter): Matches<StoredVersion> {
    return matchesOf(this.#documents, { tenant, collection: versionsCollection.name, filter }, storedVersionOf);
  }

  /** The versions of a tenant that reference an artifact, given by its digest, deleted ones too. */
  async ofArtifact(tenantUid: string, digest: string): Promise<ReferencingVersion[]> {
    const found: ReferencingVersion[] = [];
    const filter = { term: versionTerms.artifact(digest) };
    for await (const versions of this.#pages({ tenant: tenantUid, filter, limit: READ_AT_ONCE })) {
      const models = await this.#models.getMany(tenantUid, [...new Set(versions.map(({ modelUid }) => modelUid))]);
      for (const { version, modelUid } of versions) {
        const model = models.get(modelUid)?.model;
        const deleted = version.deleteTime !== undefined || model === undefined || model.deleteTime !== undefined;
        const { number, state, stateReason, verdict } = version;
        const name = versionResourceName(model === undefined ? modelUid : modelNameOf(model), number);
        const shared = model?.shared ?? false;
        found.push({ name, state, stateReason, verdict, deleted, shared });
      }
    }
    return found;
  }

  insert(tenantUid: string, stored: StoredVersion): Write {
    return { kind: "insert", key: keyOf(tenantUid, stored), body: bodyOf(stored) };
  }

  replace(tenantUid: string, stored: StoredVersion): Write {
    return { kind: "replace", key: keyOf(tenantUid, stored), revision: stored.revision, body: bodyOf(stored) };
  }

  /** Holds the version as it was read until the commit is through. */
  check(tenantUid: string, stored: StoredVersion): Write {
    return { kind: "check", key: keyOf(tenantUid, stored), revision: stored.revision };
  }

  remove(tenantUid: string, stored: StoredVersion): Write {
    return { kind: "delete", key: keyOf(tenantUid, stored), revision: stored.revision };
  }

  /** The highest stable published number; `except` is passed over. */
  async #highestRelease(tenantUid: string, modelUid: string, except: string): Promise<string> {
    for await (const { version } of this.published(tenantUid, modelUid)) {
      if (version.number !== except && isStable(version.number)) return version.number;
    }
    return "";
  }

  /** The versions of an index of texts from its end, or from a bound, downwards, read as far as they are looked at. */
  async *#walk(tenant: string, string: string, below?: string): AsyncIterable<StoredVersion> {
    const ordering: Ordering = { by: { string }, direction: "descending" };
    for await (const page of this.#pages({ tenant, ordering, limit: WALK_PAGE }, cursorBelow(below))) yield* page;
  }

  /** Page after page of a query, behind a place where one is given, each read when it is looked at. */
  async *#pages(query: Omit<Query, "collection" | "after">, behind?: Cursor): AsyncIterable<StoredVersion[]> {
    const whole = { ...query, collection: versionsCollection.name };
    let after = behind;
    do {
      const page = await this.#documents.query(after === undefined ? whole : { ...whole, after });
      yield page.documents.map(storedVersionOf);
      after = page.next;
    } while (after !== undefined);
  }

  /** The last ones of an index, the highest first, all of them below a bound where one is given. */
  #last(tenantUid: string, by: Exclude<Ordering["by"], "created">, limit: number, below?: string) {
    return this.#query(tenantUid, undefined, { by, direction: "descending" }, limit, cursorBelow(below));
  }

  async #query(
    tenant: string,
    filter: Filter | undefined,
    ordering: Ordering | undefined,
    limit: number,
    after?: Cursor,
  ): Promise<StoredVersion[]> {
    const { documents } = await this.#documents.query({
      tenant,
      collection: versionsCollection.name,
      limit,
      ...(filter && { filter }),
      ...(ordering && { ordering }),
      ...(after && { after }),
    });
    return documents.map(storedVersionOf);
  }
}

/** The place in a descending listing behind everything from a bound upwards. */
function cursorBelow(bound: string | undefined): Cursor | undefined {
  return bound === undefined ? undefined : { order: 0, value: bound };
}

function versionKey(tenant: string, modelUid: string, number: string): DocumentKey {
  return { tenant, collection: versionsCollection.name, id: `${modelUid}/${number}` };
}

function keyOf(tenantUid: string, { modelUid, version }: StoredVersion): DocumentKey {
  return versionKey(tenantUid, modelUid, version.number);
}

function bodyOf(stored: StoredVersion): JsonObject {
  const { version, modelUid, stageEntry, ofModel, scores, reviews } = stored;
  const resource = toJson(VersionSchema, version);
  const body = {
    resource,
    modelUid,
    ...(stageEntry === undefined ? {} : { stageEntry }),
    ofModel: { ...ofModel },
    ...(scores && { scores: { ...scores } }),
    ...(reviews && { reviews: reviews.map((review) => toJson(ReviewSchema, review)) }),
  };
  writtenAs.set(body, stored);
  return body;
}

function storedVersionOf({ body, revision }: StoredDocument): StoredVersion {
  return versionOfBody(body, revision);
}

function versionOfBody(body: JsonObject, revision: number): StoredVersion {
  const { resource = {}, modelUid, stageEntry, ofModel, scores, reviews } = body;
  return {
    revision,
    modelUid: modelUid as string,
    version: fromJson(VersionSchema, resource),
    ...(stageEntry === undefined ? {} : { stageEntry: stageEntry as number }),
    ofModel: ofModel as unknown as OfModel,
    ...(scores === undefined ? {} : { scores: scores as unknown as VersionScores }),
    ...(Array.isArray(reviews) ? { reviews: reviews.map((review) => fromJson(ReviewSchema, review)) } : {}),
  };
}

import { fromJson, toJson } from "@bufbuild/protobuf";
import type {
  CollectionDefinition,
  DocumentKey,
  DocumentStore,
  JsonObject,
  Query,
  StoredDocument,
  Write,
} from "@slipway/documents";
import { ArtifactSchema } from "@slipway/gen/slipway/artifact/v1/artifact_pb.js";
import { commitOrThrow, openPageToken, sealPageToken } from "@slipway/resources";
import { fail } from "@slipway/rpc";
import type { Ids } from "@slipway/runtime";
import { usageTerm, usageTerms } from "../collection/usage-term.ts";
import { type ArtifactFile, type ArtifactRecord, pageOfPath } from "./artifact.ts";

/**
 * Body: `resource` (ProtoJSON of Artifact), `uid`, `pages` (uid), `pageFirstPaths`, `keepUntilMs`, `held`, `condemned`. The
 * id is the digest. By `keepUntil` the collector finds those that nothing may hold.
 */
export const artifactsCollection: CollectionDefinition = {
  name: "artifacts",
  formatVersion: 2,
  upgrade: (body) => body,
  project: (body) => ({ terms: [`pages=${body.pages}`], numbers: numbersOf(body) }),
  projectAcrossTenants: (body) => ({ numbers: numbersOf(body) }),
};

function numbersOf({ keepUntilMs, held }: JsonObject): Record<string, number> {
  return held === true ? {} : { keepUntil: keepUntilMs as number };
}

/**
 * Pages of artifacts' files, `<pages uid>:<number>`. Body: `path`, `sizeBytes`, `sha256` (three lists, an entry per file).
 * They are found again by the bytes of a file (from format 2 on).
 */
export const artifactPagesCollection: CollectionDefinition = {
  name: "artifact-pages",
  formatVersion: 2,
  upgrade: (body) => body,
  project: ({ sha256 }) => ({ terms: usageTerms(sha256 as string[]) }),
};

/** Files in one answer where the caller does not say (the contract's default). */
const DEFAULT_PAGE_SIZE = 1000;

/** Artifacts of all tenants. */
export class ArtifactStore {
  readonly #documents: DocumentStore;

  constructor({ documents }: { documents: DocumentStore }) {
    this.#documents = documents;
  }

  async get(tenantUid: string, digest: string): Promise<ArtifactRecord | undefined> {
    const document = await this.#documents.get(artifactKey(tenantUid, digest));
    return document && recordOf(document);
  }

  /** Those of up to 1,000 digests, in their order: one record for all that name the same artifact. */
  async getMany(wanted: readonly { tenantUid: string; digest: string }[]): Promise<(ArtifactRecord | undefined)[]> {
    const nameOf = ({ tenantUid, digest }: { tenantUid: string; digest: string }) => `${tenantUid}/${digest}`;
    const keys = new Map(wanted.map((each) => [nameOf(each), artifactKey(each.tenantUid, each.digest)]));
    const documents = await this.#documents.getMany([...keys.values()]);
    const records = documents.map((document) => document && recordOf(document));
    const byName = new Map([...keys.keys()].map((name, index) => [name, records[index]]));
    return wanted.map((each) => byName.get(nameOf(each)));
  }

  /**
   * One page of an artifact's files, sorted by the UTF-8 bytes of their paths. The token is bound to the artifact;
   * `pageSize` 0 means 1,000.
   */
  async listFiles(
    record: ArtifactRecord,
    { pageSize, pageToken }: { pageSize: number; pageToken: string },
  ): Promise<{ files: ArtifactFile[]; nextPageToken: string }> {
    const query: Query = {
      tenant: record.tenantUid,
      collection: artifactPagesCollection.name,
      filter: { term: record.artifact.digest },
      limit: pageSize || DEFAULT_PAGE_SIZE,
    };
    const place = openPageToken(query, pageToken);
    let number = place?.order ?? 0;
    let index = Number(place?.value ?? 0);
    const files: ArtifactFile[] = [];
    while (number < record.pageFirstPaths.length && files.length < query.limit) {
      const page = await this.#filePage(record, number);
      const taken = page.slice(index, index + query.limit - files.length);
      files.push(...taken);
      index += taken.length;
      if (index < page.length) continue;
      number += 1;
      index = 0;
    }
    const next = number < record.pageFirstPaths.length ? { order: number, value: index } : undefined;
    return { files, nextPageToken: sealPageToken(query, next) };
  }

  /** One file of an artifact by its path. */
  async file(record: ArtifactRecord, path: string): Promise<ArtifactFile | undefined> {
    const number = pageOfPath(record, path);
    if (number < 0) return undefined;
    return (await this.#filePage(record, number)).find((file) => file.path === path);
  }

  /** All files in the same order, page by page. */
  async *files(record: ArtifactRecord): AsyncIterable<ArtifactFile[]> {
    for (let number = 0; number < record.pageFirstPaths.length; number += 1) yield this.#filePage(record, number);
  }

  /** The write of a page; `number` counts from 0. */
  pageWrite(tenantUid: string, pagesUid: string, number: number, files: readonly ArtifactFile[]): Write {
    const body: JsonObject = {
      path: files.map(({ path }) => path),
      sizeBytes: files.map(({ sizeBytes }) => sizeBytes),
      sha256: files.map(({ sha256 }) => sha256),
    };
    return { kind: "insert", key: pageKey(tenantUid, pagesUid, number), body };
  }

  /** The write of a new or changed artifact; fails when somebody else wrote it since it was read. */
  write(record: ArtifactRecord): Write {
    const key = keyOf(record);
    const body = bodyOf(record);
    return record.revision === 0
      ? { kind: "insert", key, body }
      : { kind: "replace", key, revision: record.revision, body };
  }

  /** The write that lets a commit through only while the artifact is as it was read. */
  checkWrite(record: ArtifactRecord): Write {
    return { kind: "check", key: keyOf(record), revision: record.revision };
  }

  /**
   * Removes the pages that a completion wrote, unless an artifact uses them. `guard` is the check that whoever writes
   * such pages is not at work; throws CommitConflict when it does not hold.
   */
  async removeAbandonedPages(tenantUid: string, pagesUid: string, guard: Write, ids: Ids): Promise<void> {
    const filter = { term: `pages=${pagesUid}` };
    const used = await this.#documents.count({ tenant: tenantUid, collection: artifactsCollection.name, filter }, 1);
    if (used > 0) return;
    for (let number = 0; ; number += 1) {
      const key = pageKey(tenantUid, pagesUid, number);
      const page = await this.#documents.get(key);
      if (page === undefined) return;
      await commitOrThrow(this.#documents, ids, [{ kind: "delete", key, revision: page.revision }, guard]);
    }
  }

  /** Some of a tenant's artifacts that are due before a time unless something holds them, those due first at the front. */
  async due(tenantUid: string, nowMs: number, limit: number): Promise<ArtifactRecord[]> {
    const query: Query = {
      tenant: tenantUid,
      collection: artifactsCollection.name,
      filter: { number: "keepUntil", max: nowMs },
      ordering: { by: { number: "keepUntil" }, direction: "ascending" },
      limit,
    };
    return (await this.#documents.query(query)).documents.map(recordOf);
  }

  /** The write that forgets an artifact as it was read; its pages stay. */
  deleteWrite(record: ArtifactRecord): Write {
    return { kind: "delete", key: keyOf(record), revision: record.revision };
  }

  /** A page with its revision, to be removed; undefined when it is missing. */
  async storedPage(
    tenantUid: string,
    pagesUid: string,
    number: number,
  ): Promise<{ files: ArtifactFile[]; deleteWrite: Write } | undefined> {
    const document = await this.#documents.get(pageKey(tenantUid, pagesUid, number));
    if (document === undefined) return undefined;
    const { key, revision } = document;
    return { files: filesOf(document), deleteWrite: { kind: "delete", key, revision } };
  }

  /** In how many pages a file with these bytes is, counted to `cap`. */
  countPagesWith(tenantUid: string, fileSha256: string, cap: number): Promise<number> {
    const filter = { term: usageTerm(fileSha256) };
    return this.#documents.count({ tenant: tenantUid, collection: artifactPagesCollection.name, filter }, cap);
  }

  async #filePage({ tenantUid, pagesUid, artifact }: ArtifactRecord, number: number): Promise<ArtifactFile[]> {
    const document = await this.#documents.get(pageKey(tenantUid, pagesUid, number));
    if (document === undefined) throw fail("ARTIFACT_DATA_LOST", { name: artifact.name });
    return filesOf(document);
  }
}

function artifactKey(tenantUid: string, digest: string): DocumentKey {
  return { tenant: tenantUid, collection: artifactsCollection.name, id: digest };
}

function keyOf({ tenantUid, artifact }: ArtifactRecord): DocumentKey {
  return artifactKey(tenantUid, artifact.digest);
}

function pageKey(tenantUid: string, pagesUid: string, number: number): DocumentKey {
  return { tenant: tenantUid, collection: artifactPagesCollection.name, id: `${pagesUid}:${number}` };
}

function bodyOf(record: ArtifactRecord): JsonObject {
  const { artifact, uid, pagesUid, pageFirstPaths, keepUntilMs, isHeld, isCondemned } = record;
  return {
    resource: toJson(ArtifactSchema, artifact) as JsonObject,
    uid,
    pages: pagesUid,
    pageFirstPaths,
    keepUntilMs,
    ...(isHeld ? { held: true } : {}),
    ...(isCondemned ? { condemned: true } : {}),
  };
}

function recordOf({ key, revision, body }: StoredDocument): ArtifactRecord {
  return {
    tenantUid: key.tenant,
    revision,
    uid: body.uid as string,
    artifact: fromJson(ArtifactSchema, body.resource as JsonObject),
    pagesUid: body.pages as string,
    pageFirstPaths: body.pageFirstPaths as string[],
    keepUntilMs: body.keepUntilMs as number,
    isHeld: body.held === true,
    isCondemned: body.condemned === true,
  };
}

function filesOf({ body }: StoredDocument): ArtifactFile[] {
  const sizes = body.sizeBytes as number[];
  const digests = body.sha256 as string[];
  return (body.path as string[]).map((path, index) => ({
    path,
    sizeBytes: sizes[index] as number,
    sha256: digests[index] as string,
  }));
}

import { createHash } from "node:crypto";
import type {
  CollectionDefinition,
  DocumentKey,
  DocumentStore,
  JsonObject,
  Query,
  StoredDocument,
  Write,
} from "@slipway/documents";
import { listPage } from "@slipway/resources";
import { usageTerm } from "../collection/usage-term.ts";
import type { UploadedFileRecord } from "./uploaded-file.ts";

/**
 * Body: `upload` (uid), `path`, `sizeBytes` (durable), and `sha256` of a complete file or `recipe` and `pageStarts` of
 * one that is being written. The string key per upload lists exactly its files, by path; complete ones are found by
 * their bytes too (from format 2 on).
 */
export const uploadedFilesCollection: CollectionDefinition = {
  name: "uploaded-files",
  formatVersion: 2,
  upgrade: (body) => body,
  project: ({ upload, path, sha256 }) => ({
    terms: typeof sha256 === "string" ? [usageTerm(sha256)] : [],
    strings: { [`path:${upload}`]: path as string },
  }),
};

const MAX_PAGE = 1000;

/** Files of uploads of all tenants. */
export class UploadedFileStore {
  readonly #documents: DocumentStore;

  constructor({ documents }: { documents: DocumentStore }) {
    this.#documents = documents;
  }

  async get(tenantUid: string, uploadUid: string, path: string): Promise<UploadedFileRecord | undefined> {
    const document = await this.#documents.get(fileKey(tenantUid, uploadUid, path));
    return document && fileOf(document);
  }

  /** At most 1,000 files, in the order asked for. */
  async getMany(
    tenantUid: string,
    uploadUid: string,
    paths: readonly string[],
  ): Promise<(UploadedFileRecord | undefined)[]> {
    const found = await this.#documents.getMany(paths.map((path) => fileKey(tenantUid, uploadUid, path)));
    return found.map((document) => document && fileOf(document));
  }

  /** One page of an upload's files, sorted by the UTF-8 bytes of their paths. */
  async page(
    tenantUid: string,
    uploadUid: string,
    page: { pageSize: number; pageToken: string },
  ): Promise<{ files: UploadedFileRecord[]; nextPageToken: string }> {
    const wanted = { ...page, pageSize: page.pageSize || MAX_PAGE };
    const { documents, nextPageToken } = await listPage(this.#documents, filesQuery(tenantUid, uploadUid), wanted);
    return { files: documents.map(fileOf), nextPageToken };
  }

  /** All files of an upload in the same order, up to 1,000 at a time. */
  async *all(tenantUid: string, uploadUid: string): AsyncIterable<UploadedFileRecord[]> {
    const query: Query = { ...filesQuery(tenantUid, uploadUid), limit: MAX_PAGE };
    for (let next: Query | undefined = query; next !== undefined; ) {
      const page = await this.#documents.query(next);
      if (page.documents.length > 0) yield page.documents.map(fileOf);
      next = page.next && { ...query, after: page.next };
    }
  }

  /** How many complete files of uploads have these bytes, counted to `cap`. */
  countWith(tenantUid: string, sha256: string, cap: number): Promise<number> {
    const filter = { term: usageTerm(sha256) };
    return this.#documents.count({ tenant: tenantUid, collection: uploadedFilesCollection.name, filter }, cap);
  }

  /** The write of a new or changed file; fails when somebody else wrote it since it was read. */
  write(record: UploadedFileRecord): Write {
    const key = keyOf(record);
    const body = bodyOf(record);
    return record.revision === 0
      ? { kind: "insert", key, body }
      : { kind: "replace", key, revision: record.revision, body };
  }

  /** The write that forgets a stored file. */
  deleteWrite(record: UploadedFileRecord): Write {
    return { kind: "delete", key: keyOf(record), revision: record.revision };
  }
}

function filesQuery(tenantUid: string, uploadUid: string): Omit<Query, "limit" | "after"> {
  const ordering = { by: { string: `path:${uploadUid}` }, direction: "ascending" } as const;
  return { tenant: tenantUid, collection: uploadedFilesCollection.name, ordering };
}

/** A path can be longer than an id may be, hence its hash. */
function fileKey(tenantUid: string, uploadUid: string, path: string): DocumentKey {
  const id = `${uploadUid}:${createHash("sha256").update(path).digest("hex")}`;
  return { tenant: tenantUid, collection: uploadedFilesCollection.name, id };
}

function keyOf({ tenantUid, uploadUid, path }: UploadedFileRecord): DocumentKey {
  return fileKey(tenantUid, uploadUid, path);
}

function bodyOf(record: UploadedFileRecord): JsonObject {
  const { uploadUid: upload, path } = record;
  if (record.complete) return { upload, path, sizeBytes: record.sizeBytes, sha256: record.sha256 };
  const { recipeUid: recipe, sizeBytes, pageStarts } = record.recipe;
  return { upload, path, sizeBytes, recipe, pageStarts };
}

function fileOf({ key, revision, body }: StoredDocument): UploadedFileRecord {
  const sizeBytes = body.sizeBytes as number;
  const common = { tenantUid: key.tenant, uploadUid: body.upload as string, path: body.path as string, revision };
  if (typeof body.sha256 === "string") return { ...common, complete: true, sha256: body.sha256, sizeBytes };
  const recipe = { recipeUid: body.recipe as string, sizeBytes, pageStarts: body.pageStarts as number[] };
  return { ...common, complete: false, recipe };
}

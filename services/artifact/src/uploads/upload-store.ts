import { fromJson, toJson } from "@bufbuild/protobuf";
import type {
  CollectionDefinition,
  DocumentKey,
  DocumentStore,
  JsonObject,
  StoredDocument,
  Write,
} from "@slipway/documents";
import { UploadSchema, UploadState } from "@slipway/gen/slipway/artifact/v1/upload_pb.js";
import { commitOrThrow, retryOnConflict } from "@slipway/resources";
import { fail } from "@slipway/rpc";
import type { Clock, Ids } from "@slipway/runtime";
import { changed, checkOpen, needsTouch, type UploadRecord } from "./upload.ts";

/**
 * Body: `resource` (ProtoJSON of Upload), `expireMs`, `epoch`, and while it is being completed `sealedUntilMs`. The id is
 * the uid. By `openEpoch` (from format 2 on) those are found that may still use what they looked up.
 */
export const uploadsCollection: CollectionDefinition = {
  name: "uploads",
  formatVersion: 2,
  upgrade: (body) => body,
  project: ({ resource, expireMs, epoch }) => {
    const { state } = fromJson(UploadSchema, resource as JsonObject);
    const isOpen = state === UploadState.OPEN;
    return { numbers: { expires: expireMs as number, ...(isOpen ? { openEpoch: Number(epoch ?? 0) } : {}) } };
  },
  projectAcrossTenants: ({ expireMs }) => ({ numbers: { expires: expireMs as number } }),
};

/** Uploads of all tenants. */
export class UploadStore {
  readonly #documents: DocumentStore;
  readonly #clock: Clock;
  readonly #ids: Ids;

  constructor(ports: { documents: DocumentStore; clock: Clock; ids: Ids }) {
    this.#documents = ports.documents;
    this.#clock = ports.clock;
    this.#ids = ports.ids;
  }

  async get(tenantUid: string, uid: string): Promise<UploadRecord | undefined> {
    const document = await this.#documents.get(uploadKey(tenantUid, uid));
    return document && uploadOf(document);
  }

  /** Some of a tenant's uploads that ended before a time, those that ended first at the front. */
  async ended(tenantUid: string, nowMs: number, limit: number): Promise<UploadRecord[]> {
    const { documents } = await this.#documents.query({
      tenant: tenantUid,
      collection: uploadsCollection.name,
      filter: { number: "expires", max: nowMs },
      ordering: { by: { number: "expires" }, direction: "ascending" },
      limit,
    });
    return documents.map(uploadOf);
  }

  /**
   * The epoch of the oldest upload that is open, undefined when none is. One whose time is over counts until the sweeper
   * has removed it: nobody's clock decides whether it can still write.
   */
  async oldestOpenEpoch(tenantUid: string): Promise<number | undefined> {
    const { documents } = await this.#documents.query({
      tenant: tenantUid,
      collection: uploadsCollection.name,
      ordering: { by: { number: "openEpoch" }, direction: "ascending" },
      limit: 1,
    });
    const [oldest] = documents;
    return oldest && uploadOf(oldest).epoch;
  }

  /** The write of a new upload. */
  insertWrite(record: UploadRecord): Write {
    return { kind: "insert", key: keyOf(record), body: bodyOf(record) };
  }

  /** The write of a changed upload; fails when somebody else changed it since it was read. */
  replaceWrite(record: UploadRecord): Write {
    return { kind: "replace", key: keyOf(record), revision: record.revision, body: bodyOf(record) };
  }

  deleteWrite(record: UploadRecord): Write {
    return { kind: "delete", key: keyOf(record), revision: record.revision };
  }

  /** The write that lets a commit through only while the upload is as it was read. */
  checkWrite(record: UploadRecord): Write {
    return { kind: "check", key: keyOf(record), revision: record.revision };
  }

  /** Writes a changed upload; throws CommitConflict when somebody else was first. */
  async replace(record: UploadRecord): Promise<UploadRecord> {
    const [revision] = await commitOrThrow(this.#documents, this.#ids, [this.replaceWrite(record)]);
    return { ...record, revision: revision as number };
  }

  /**
   * The upload as it is now, open for files, with its expiry moved on. Fails with UPLOAD_NOT_OPEN. `record` is what the
   * caller knew of it.
   */
  async open(record: UploadRecord): Promise<UploadRecord> {
    let known: UploadRecord | undefined = record;
    return retryOnConflict(record.upload.name, async () => {
      const current = known ?? (await this.get(record.tenantUid, record.uid));
      known = undefined;
      if (current === undefined) throw fail("UPLOAD_NOT_FOUND", { name: record.upload.name });
      const now = this.#clock.nowMs();
      checkOpen(current, now);
      return needsTouch(current, now) ? this.replace(changed(current, now)) : current;
    });
  }
}

export function uploadOf({ key, revision, body }: StoredDocument): UploadRecord {
  const { sealedUntilMs } = body;
  return {
    tenantUid: key.tenant,
    uid: key.id,
    revision,
    upload: fromJson(UploadSchema, body.resource as JsonObject),
    expireMs: body.expireMs as number,
    epoch: Number(body.epoch ?? 0),
    ...(typeof sealedUntilMs === "number" ? { sealedUntilMs } : {}),
  };
}

function uploadKey(tenantUid: string, uid: string): DocumentKey {
  return { tenant: tenantUid, collection: uploadsCollection.name, id: uid };
}

function keyOf({ tenantUid, uid }: UploadRecord): DocumentKey {
  return uploadKey(tenantUid, uid);
}

function bodyOf({ upload, expireMs, epoch, sealedUntilMs }: UploadRecord): JsonObject {
  const resource = toJson(UploadSchema, upload) as JsonObject;
  return { resource, expireMs, epoch, ...(sealedUntilMs === undefined ? {} : { sealedUntilMs }) };
}

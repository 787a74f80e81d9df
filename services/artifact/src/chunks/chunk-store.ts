import type { Chunk, HashPool } from "@slipway/chunking";
import type {
  CollectionDefinition,
  DocumentKey,
  DocumentStore,
  Filter,
  Json,
  StoredDocument,
  Write,
} from "@slipway/documents";
import { type ObjectStore, ObjectStoreError } from "@slipway/objects";
import { faultPoint, type Ids } from "@slipway/runtime";
import {
  type Condemnation,
  condemnationBody,
  condemnationNumbers,
  condemnationOf,
} from "../collection/condemnation.ts";
import { createdBefore, type OldDocuments, type OldPart } from "../collection/created-before.ts";
import { Batches } from "./batches.ts";
import { type ChunkPlace, chunkObjectKey } from "./chunk.ts";
import { Permits } from "./permits.ts";

/**
 * Body: `object`, `offset`, `length`, `damaged` once its bytes turned out to be gone or changed, and `condemnedMs` and
 * `condemnedEpoch` once nothing uses it. The id is the chunk's SHA-256.
 */
export const chunksCollection: CollectionDefinition = {
  name: "chunks",
  formatVersion: 1,
  upgrade: (body) => body,
  project: (body) => ({ numbers: condemnationNumbers(body) }),
};

/** What the ObjectStore port advises for throughput: 16 to 32 puts share their syncs. */
const MAX_PUTS = 32;
/** Documents read in one request; the port's bound is 1,000. */
const MAX_LOOKUPS = 512;
/** Documents written in one commit; the port's bound is 1,000. */
const MAX_RECORDS = 256;

interface ChunkName {
  tenantUid: string;
  sha256: string;
}

interface ChunkRecord extends ChunkName {
  place: ChunkPlace;
  /** Of the document that it takes the place of; 0: there is none. */
  revision: number;
}

/** A chunk that the tenant has. */
export interface KnownChunk {
  sha256: string;
  place: ChunkPlace;
  revision: number;
  /** It is read, in case somebody restored the object, but a new upload brings it again. */
  isDamaged: boolean;
  /** It is read, but a new upload does not count on it: it revives it, or brings it again. */
  condemned: Condemnation | undefined;
}

/** Chunks of all tenants: their bytes in the object store, their places in documents. */
export class ChunkStore {
  readonly #documents: DocumentStore;
  readonly #objects: ObjectStore;
  readonly #hashing: HashPool;
  readonly #ids: Ids;
  readonly #puts = new Permits(MAX_PUTS);
  readonly #lookups = new Batches<ChunkName, KnownChunk | undefined>(MAX_LOOKUPS, (names) => this.#lookUp(names));
  readonly #records = new Batches<ChunkRecord, boolean>(MAX_RECORDS, (records) => this.#record(records));
  /** Chunks on their way into the store, so that a chunk that comes twice at once is put once. */
  readonly #underWay = new Map<string, Promise<boolean>>();

  constructor(ports: { documents: DocumentStore; objects: ObjectStore; hashing: HashPool; ids: Ids }) {
    this.#documents = ports.documents;
    this.#objects = ports.objects;
    this.#hashing = ports.hashing;
    this.#ids = ports.ids;
  }

  /**
   * Resolves when the chunk is durable and recorded; true when this call brought it, false when the tenant had it.
   * The caller leaves the bytes untouched until then.
   */
  async ensure(tenantUid: string, chunk: Chunk): Promise<boolean> {
    const name = `${tenantUid}/${chunk.sha256}`;
    const underWay = this.#underWay.get(name);
    if (underWay !== undefined) {
      await underWay;
      return false;
    }
    const work = this.#bring(tenantUid, chunk).finally(() => this.#underWay.delete(name));
    this.#underWay.set(name, work);
    return work;
  }

  /** Where the chunks are, in the order asked for; undefined for those that the tenant does not have. */
  async places(tenantUid: string, sha256s: readonly string[]): Promise<(ChunkPlace | undefined)[]> {
    const known = await Promise.all(sha256s.map((sha256) => this.#lookups.add({ tenantUid, sha256 })));
    return known.map((chunk) => chunk?.place);
  }

  /**
   * All of a chunk's bytes, proven by its SHA-256; undefined when they are gone, fewer, or others. Rejects with
   * ObjectStoreError when the store is away.
   */
  async readProven(sha256: string, place: ChunkPlace): Promise<Uint8Array | undefined> {
    const read = await this.#read(place);
    if (read?.byteLength !== place.lengthBytes) return undefined;
    const hashed = await this.#hashing.hashBytes(read);
    return hashed.sha256 === sha256 ? hashed.bytes : undefined;
  }

  /** Notes that the bytes at this place are not the chunk's, so that the next upload of the chunk brings it again. */
  async markDamaged(tenantUid: string, sha256: string, place: ChunkPlace): Promise<void> {
    const key = keyOf({ tenantUid, sha256 });
    const document = await this.#documents.get(key);
    // Brought again meanwhile, or noted already: nothing to do. The same where another call is faster now.
    if (document?.body.object !== place.object || document.body.damaged === true) return;
    const body = { ...document.body, damaged: true };
    await this.#documents.commit([{ kind: "replace", key, revision: document.revision, body }], this.#ids.uid());
  }

  /** What the tenant has of up to 1,000 chunks. */
  async getMany(tenantUid: string, sha256s: readonly string[]): Promise<KnownChunk[]> {
    if (sha256s.length === 0) return [];
    const found = await this.#documents.getMany(sha256s.map((sha256) => keyOf({ tenantUid, sha256 })));
    return found.filter((document) => document !== undefined).map(knownOf);
  }

  /** The SHA-256 of those that were made before a time, a part at a time. */
  async createdBefore(tenant: string, { beforeMs, after, limit }: OldPart): Promise<OldDocuments> {
    const query = { tenant, collection: chunksCollection.name, after: { order: after }, limit };
    return createdBefore(await this.#documents.query(query), beforeMs);
  }

  /** Some of the tenant's condemned chunks, at most 1,000. */
  async condemned(tenantUid: string, filter: Filter, limit: number): Promise<KnownChunk[]> {
    const query = { tenant: tenantUid, collection: chunksCollection.name, filter, limit };
    return (await this.#documents.query(query)).documents.map(knownOf);
  }

  /** The write that condemns a chunk, or takes the mark off; fails when somebody else wrote it since it was read. */
  condemnationWrite(tenantUid: string, chunk: KnownChunk, condemned: Condemnation | undefined): Write {
    const { sha256, place, revision, isDamaged } = chunk;
    const body: Record<string, Json> = {
      ...placeBody(place),
      ...(isDamaged ? { damaged: true } : {}),
      ...condemnationBody(condemned),
    };
    return { kind: "replace", key: keyOf({ tenantUid, sha256 }), revision, body };
  }

  /** The write that forgets a chunk as it was read. */
  deleteWrite(tenantUid: string, { sha256, revision }: KnownChunk): Write {
    return { kind: "delete", key: keyOf({ tenantUid, sha256 }), revision };
  }

  async #read({ object, offsetBytes: offset, lengthBytes: length }: ChunkPlace): Promise<Uint8Array | undefined> {
    try {
      return await this.#objects.read(object, { offset, length });
    } catch (error) {
      const isGone = error instanceof ObjectStoreError && (error.kind === "NOT_FOUND" || error.kind === "INVALID");
      if (isGone) return undefined;
      throw error;
    }
  }

  async #bring(tenantUid: string, { sha256, bytes }: Chunk): Promise<boolean> {
    let put: ChunkPlace | undefined;
    for (;;) {
      const known = await this.#lookups.add({ tenantUid, sha256 });
      const isWhole = known?.isDamaged === false;
      if (isWhole && known.condemned === undefined) {
        // Somebody else brought it meanwhile; nobody knows of this object.
        if (put !== undefined) await this.#objects.delete(put.object);
        return false;
      }
      const revision = known?.revision ?? 0;
      if (isWhole) {
        // As long as its document is there nobody deletes its bytes: written without the mark, it serves again.
        await this.#records.add({ tenantUid, sha256, place: known.place, revision });
        continue;
      }
      put ??= await this.#put(tenantUid, sha256, bytes);
      if (await this.#records.add({ tenantUid, sha256, place: put, revision })) {
        faultPoint("artifact.chunk.recorded");
        return true;
      }
    }
  }

  async #put(tenantUid: string, sha256: string, bytes: Uint8Array): Promise<ChunkPlace> {
    const object = chunkObjectKey(tenantUid, sha256, this.#ids.uid());
    await this.#puts.take(1);
    try {
      await this.#objects.put(object, bytes);
    } finally {
      this.#puts.give(1);
    }
    faultPoint("artifact.chunk.stored");
    return { object, offsetBytes: 0, lengthBytes: bytes.byteLength };
  }

  async #lookUp(names: ChunkName[]): Promise<(KnownChunk | undefined)[]> {
    const found = await this.#documents.getMany(names.map(keyOf));
    return found.map((document) => document && knownOf(document));
  }

  /** True per record that was new; another process may have recorded the same chunk meanwhile. */
  async #record(records: ChunkRecord[]): Promise<boolean[]> {
    const isNew = records.map(() => true);
    for (;;) {
      const open = records.filter((_, index) => isNew[index]);
      if (open.length === 0) return isNew;
      const outcome = await this.#documents.commit(open.map(writeOf), this.#ids.uid());
      if (outcome.committed) return isNew;
      isNew[records.indexOf(open[outcome.failedWrite] as ChunkRecord)] = false;
    }
  }
}

function keyOf({ tenantUid, sha256 }: ChunkName): DocumentKey {
  return { tenant: tenantUid, collection: chunksCollection.name, id: sha256 };
}

function writeOf(record: ChunkRecord): Write {
  const body = placeBody(record.place);
  const key = keyOf(record);
  const { revision } = record;
  return revision === 0 ? { kind: "insert", key, body } : { kind: "replace", key, revision, body };
}

function placeBody({ object, offsetBytes, lengthBytes }: ChunkPlace): Record<string, Json> {
  return { object, offset: offsetBytes, length: lengthBytes };
}

function knownOf({ key, revision, body }: StoredDocument): KnownChunk {
  const place = {
    object: body.object as string,
    offsetBytes: body.offset as number,
    lengthBytes: body.length as number,
  };
  return { sha256: key.id, place, revision, isDamaged: body.damaged === true, condemned: condemnationOf(body) };
}

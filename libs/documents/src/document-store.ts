/**
 * The DocumentStore port: documents with a revision, conditional commits, and search over what a collection
 * declares. Every engine passes the same suite (contract.ts); nothing here depends on an engine.
 *
 * Values are the JSON of this file and nothing else. NaN, Infinity, -0, undefined and lone surrogates survive
 * differently in different engines, so every call that carries one is refused with INVALID.
 */

/**
 * What a document may hold. Numbers are finite and not -0; strings are well formed Unicode; objects are plain. A body is
 * nested at most 64 deep and has at most 8 MiB of JSON text; the bodies of one commit have at most 64 MiB together.
 */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type JsonObject = { [key: string]: Json };

/** The tenant of the few documents that belong to the platform itself. */
export const PLATFORM = "platform";

/**
 * Names one document. `tenant` is a tenant's uid, or PLATFORM. `collection` is a registered collection's name.
 * Each part has 1 to 1,024 characters, no control characters, and is compared exactly (no folding, no
 * normalisation: do that before).
 */
export interface DocumentKey {
  tenant: string;
  collection: string;
  id: string;
}

export interface StoredDocument {
  key: DocumentKey;
  /** 1 after the insert, one more with each replace. A document inserted again after a delete starts at 1. */
  revision: number;
  /**
   * Milliseconds of creation × 1,024 + n: unique in the database over all tenants, collections and processes, and kept
   * over replaces. Sorting by it is sorting by creation; within one commit it grows in the order of the writes.
   */
  order: number;
  body: JsonObject;
}

/**
 * What a document can be searched and sorted by; all bounds are checked on commit (INVALID). At most 4,096
 * terms of 1 to 5,000 characters, 1,024 numbers and 1,024 strings; their names have 1 to 256 characters, and string
 * values at most 1,024, without U+0000. Strings compare by code point (UTF-8 order), never by UTF-16 unit.
 */
export interface Projection {
  terms?: string[];
  numbers?: Record<string, number>;
  strings?: Record<string, string>;
}

/** One kind of document. Its functions are pure, deterministic and do no I/O. */
export interface CollectionDefinition {
  /** `[a-z][a-z0-9-]*`, at most 64 characters. */
  name: string;
  /** The format that this code writes: 1, 2, 3 …. Documents of a newer one are refused with NEWER_FORMAT. */
  formatVersion: number;
  /** Brings a body of an older format to `formatVersion`; called on every read of such a document. */
  upgrade(body: JsonObject, fromFormatVersion: number): JsonObject;
  /** What its tenant finds a document by. */
  project(body: JsonObject): Projection;
  /** What AcrossTenants finds it by, and nothing else; absent where that only lists the whole collection. */
  projectAcrossTenants?(body: JsonObject): Projection;
}

/** One conditional write. `check` changes nothing, but takes the same lock as a replace, so there is no write skew. */
export type Write =
  /** Must not exist. */
  | { kind: "insert"; key: DocumentKey; body: JsonObject }
  /** The stored revision must be this one. */
  | { kind: "replace"; key: DocumentKey; revision: number; body: JsonObject }
  /** The stored revision must be this one. */
  | { kind: "delete"; key: DocumentKey; revision: number }
  /** The stored revision must be this one; 0: must not exist. */
  | { kind: "check"; key: DocumentKey; revision: number };

export type CommitOutcome =
  /** `revisions` per write, as stored afterwards: 0 for a delete, the checked one for a check. */
  | { committed: true; revisions: number[] }
  /** `failedWrite` is the index of the first write whose condition did not hold; nothing was written. */
  | { committed: false; failedWrite: number; reason: "ALREADY_EXISTS" | "NOT_FOUND" | "REVISION_MISMATCH" };

/**
 * A tree over a projection. `{ and: [] }` is true of every document, `{ or: [] }` of none. `not` is the complement
 * over all documents of the collection: it also holds for documents that lack the term or number. A number filter
 * without bounds holds where the number exists. At most 256 nodes, 32 deep; prefixes have 1 to 1,024 characters.
 */
export type Filter =
  | { and: Filter[] }
  | { or: Filter[] }
  | { not: Filter }
  | { term: string }
  | { termPrefix: string }
  | { number: string; min?: number; max?: number; minExclusive?: boolean; maxExclusive?: boolean };

/** Ties go by `order` in the same direction. Documents that lack the named number or string are left out. */
export interface Ordering {
  by: "created" | { number: string } | { string: string };
  direction: "ascending" | "descending";
}

/**
 * A place in a listing: after the document with this sort value and order. It is plain JSON, so that a service can
 * put it into a page token. `value` is absent when ordered by creation.
 */
export interface Cursor {
  order: number;
  value?: number | string;
}

export interface Query {
  tenant: string;
  collection: string;
  filter?: Filter;
  /** Default: created ascending. */
  ordering?: Ordering;
  /** `next` of the page before; the other fields must be the same as for that page. */
  after?: Cursor;
  /** 1 to 1,000. */
  limit: number;
}

export interface Page {
  documents: StoredDocument[];
  /** Absent at the end. */
  next?: Cursor;
}

/** Without a tenant there is no query; the exception is AcrossTenants. All errors are DocumentStoreError. */
export interface DocumentStore {
  /** Reads see every commit that was acknowledged before the call, from any instance. */
  get(key: DocumentKey): Promise<StoredDocument | undefined>;

  /** At most 1,000 keys; the answer has the same order, from one point in time. */
  getMany(keys: DocumentKey[]): Promise<(StoredDocument | undefined)[]>;

  /**
   * One page from one point in time. Pages are exact beside concurrent writes: a document that exists throughout and
   * keeps its sort value appears exactly once.
   */
  query(query: Query): Promise<Page>;

  /** How many match, but never more than `cap` (1 to 1,000,000): `cap` means "cap or more". */
  count(query: Pick<Query, "tenant" | "collection" | "filter">, cap: number): Promise<number>;

  /**
   * All writes or none, durable when it resolves with `committed: true`. 1 to 1,000 writes; two writes of one document
   * are INVALID.
   *
   * `commitId` is a UUID. For 24 hours the outcome, committed or not, is remembered under it: the same id with the same
   * writes (equal as JSON text) returns the first outcome and writes nothing, also after a restart and from another
   * process; with other writes it is INVALID. So a new attempt after a failed outcome needs a new id. After an
   * UNAVAILABLE the commit may or may not have happened: ask again with the same id. INVALID, FULL and NEWER_FORMAT
   * wrote and remembered nothing.
   */
  commit(writes: Write[], commitId: string): Promise<CommitOutcome>;

  /** Finishes what was started, then refuses everything with UNAVAILABLE. */
  close(): Promise<void>;
}

/**
 * Only the composition root hands this out, to the one file across-tenants.ts of a service. A filter, and an ordering
 * other than by creation, are INVALID for a collection without projectAcrossTenants.
 */
export interface AcrossTenants {
  query(query: Omit<Query, "tenant">): Promise<Page>;
}

export type DocumentStoreErrorKind =
  /** The store cannot answer now, or is closed. Safe to try again (a commit: with the same id). */
  | "UNAVAILABLE"
  /** No room. Nothing of the commit was written; reads go on, and commits too once there is room. */
  | "FULL"
  /** The caller's mistake: a value, bound, cursor or collection. Trying again does not help. */
  | "INVALID"
  /** A document or the database was written by newer code. It was left as it is. */
  | "NEWER_FORMAT";

/** The only error that a DocumentStore rejects with. */
export class DocumentStoreError extends Error {
  readonly kind: DocumentStoreErrorKind;

  constructor(kind: DocumentStoreErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "DocumentStoreError";
    this.kind = kind;
  }
}

import type { CommitOutcome, Cursor, DocumentStoreErrorKind, Filter, Ordering } from "../document-store.ts";
import type { PreparedCommit, PreparedWrite } from "../prepared-commit.ts";
import type { EntriesText } from "./entries-text.ts";

/** What the main thread and the two database threads of a process (one writes, one reads) say to each other. */

/** A prepared commit as the writer's thread gets it: index entries travel and are stored as text. */
export interface CommitOrder extends Omit<PreparedCommit, "writes"> {
  kind: "commit";
  writes: WriteOrder[];
}

export interface WriteOrder extends Omit<PreparedWrite, "content"> {
  content?: Content;
}

export interface Content {
  body: string;
  entries: EntriesText;
}

/** Index entries of documents that were projected by older code; skipped where the revision has moved on. */
export interface ReindexRequest {
  kind: "reindex";
  documents: { order: number; revision: number; entries: EntriesText }[];
}

interface FinishReindexRequest {
  kind: "finishReindex";
  collection: string;
}

export type WriterRequest = CommitOrder | ReindexRequest | FinishReindexRequest;

export interface GetRequest {
  kind: "get";
  keys: { tenant: string; collection: string; id: string }[];
}

export interface PageRequest {
  kind: "page";
  /** Absent: over all tenants. */
  tenant?: string;
  collection: string;
  filter: Filter;
  ordering: Ordering;
  after?: Cursor;
  limit: number;
}

export interface CountRequest {
  kind: "count";
  tenant: string;
  collection: string;
  filter: Filter;
  cap: number;
}

export type ReaderRequest = GetRequest | PageRequest | CountRequest;

/** A stored document as it lies in the table; the main thread upgrades it. */
export interface StoredRow {
  tenant: string;
  collection: string;
  id: string;
  order: number;
  revision: number;
  formatVersion: number;
  body: string;
}

export interface RowsReply {
  rows: (StoredRow | undefined)[];
  next?: Cursor;
}

export interface Failure {
  kind: DocumentStoreErrorKind;
  message: string;
}

export type Reply<Value> = { value: Value } | { failure: Failure };

/** The value that answers each request. */
export type ValueOf<Request> = Request extends CommitOrder
  ? CommitOutcome
  : Request extends GetRequest | PageRequest
    ? RowsReply
    : Request extends CountRequest
      ? number
      : Request extends OpenRequest
        ? OpenedReply
        : null;

/** What a thread knows of a collection's definition. */
export interface KnownCollection {
  name: string;
  formatVersion: number;
}

/** Opens a file in the thread; the databases of a process share its threads. */
export interface OpenRequest {
  kind: "open";
  path: string;
  collections: KnownCollection[];
}

/** Answers an open: the collections whose index an older project() made. */
export interface OpenedReply {
  stale: string[];
}

interface CloseRequest {
  kind: "close";
}

/** What a thread is for: it is given as its worker data. */
export type Role = "writer" | "reader";

export type ThreadRequest = OpenRequest | CloseRequest | WriterRequest | ReaderRequest;

/** What travels to a thread, or back: the requests to one of its databases, or the replies to all of them. */
export interface Message<Content> {
  database: number;
  content: Content[];
}

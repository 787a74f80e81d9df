import type { DatabaseSync } from "node:sqlite";
import { faultPoint } from "@slipway/runtime";
import type { CommitOutcome } from "../document-store.ts";
import { DocumentStoreError } from "../document-store.ts";
import type { DocumentFaultPoint } from "../fault-points.ts";
import { CollectionsTable } from "./collections-table.ts";
import type { DocumentHead } from "./document-table.ts";
import { DocumentTable } from "./document-table.ts";
import { IndexWriter, type Owner } from "./index-writer.ts";
import type { CommitOrder, KnownCollection, ReindexRequest, Reply, WriteOrder, WriterRequest } from "./messages.ts";
import { transaction } from "./open-database.ts";
import { OrderKeys } from "./order-keys.ts";
import { RememberedOutcomes } from "./remembered-outcomes.ts";
import { Scopes } from "./scopes.ts";
import { failureOf } from "./sqlite-failure.ts";

type WriterReply = Reply<CommitOutcome | null>;

/** A write together with the document that it found. */
interface Planned {
  write: WriteOrder;
  head: DocumentHead | undefined;
}

/**
 * Carries out writes. Whatever arrived together shares one transaction and one sync of the disk (group commit); the
 * conditions of a commit are judged before its first write, so a commit that fails leaves no trace in its group.
 */
export class Writer {
  readonly #database: DatabaseSync;
  readonly #collections: CollectionsTable;
  readonly #formats: ReadonlyMap<string, number>;
  readonly #scopes: Scopes;
  readonly #documents: DocumentTable;
  readonly #index: IndexWriter;
  readonly #orders: OrderKeys;
  readonly #outcomes: RememberedOutcomes;

  constructor(database: DatabaseSync, collections: KnownCollection[]) {
    this.#database = database;
    this.#collections = new CollectionsTable(database, collections);
    this.#formats = new Map(collections.map(({ name, formatVersion }) => [name, formatVersion]));
    this.#scopes = new Scopes(database);
    this.#documents = new DocumentTable(database, this.#scopes);
    this.#index = new IndexWriter(database);
    this.#orders = new OrderKeys(database);
    this.#outcomes = new RememberedOutcomes(database);
  }

  /** Returns the collections whose documents must be indexed again. */
  register(): string[] {
    return transaction(this.#database, () => this.#collections.register());
  }

  close(): void {
    this.#database.close();
  }

  /** One reply per request. An error of the database fails the group; then each request is tried alone. */
  run(requests: WriterRequest[]): WriterReply[] {
    try {
      return this.#inOneTransaction(requests);
    } catch (error) {
      this.#scopes.forget();
      if (requests.length > 1) return requests.flatMap((request) => this.run([request]));
      return [{ failure: failureOf(error) }];
    }
  }

  #inOneTransaction(requests: WriterRequest[]): WriterReply[] {
    const replies = transaction(this.#database, () => {
      this.#collections.assertNoneNewer();
      this.#orders.load();
      const replies = requests.map((request) => this.#runOne(request));
      const last = requests.findLast((request) => request.kind === "commit");
      if (last) this.#outcomes.trim(last.nowMs);
      this.#orders.store();
      faultPoint("documents.written" satisfies DocumentFaultPoint);
      return replies;
    });
    faultPoint("documents.committed" satisfies DocumentFaultPoint);
    return replies;
  }

  #runOne(request: WriterRequest): WriterReply {
    if (request.kind === "reindex") return this.#reindex(request);
    if (request.kind === "finishReindex") {
      this.#collections.finishReindex(request.collection);
      return { value: null };
    }
    try {
      return { value: this.#commit(request) };
    } catch (error) {
      if (!(error instanceof DocumentStoreError)) throw error;
      return { failure: failureOf(error) };
    }
  }

  /** @throws DocumentStoreError before anything was written */
  #commit(request: CommitOrder): CommitOutcome {
    const remembered = this.#outcomes.find(request);
    if (remembered) return remembered;
    const planned = request.writes.map((write) => ({ write, head: this.#find(write) }));
    const failedWrite = planned.findIndex((item) => reasonAgainst(item) !== undefined);
    const reason = failedWrite === -1 ? undefined : reasonAgainst(planned[failedWrite] as Planned);
    const outcome: CommitOutcome = reason
      ? { committed: false, failedWrite, reason }
      : { committed: true, revisions: planned.map((item) => this.#apply(item, request.nowMs)) };
    this.#outcomes.add(request, outcome);
    return outcome;
  }

  #find(write: WriteOrder): DocumentHead | undefined {
    const scope = this.#scopes.find(write.collection, write.tenant);
    return scope && this.#documents.head(scope, write.id);
  }

  /** Returns the revision afterwards. */
  #apply({ write, head }: Planned, nowMs: number): number {
    if (write.kind === "check") return write.revision;
    const owner = this.#ownerOf(write.collection, write.tenant);
    if (write.kind === "delete" && head) {
      this.#documents.delete(head.order);
      this.#index.delete(head.order, owner, head.entries);
      return 0;
    }
    if (!write.content) throw new Error(`a ${write.kind} needs content`);
    const { entries } = write.content;
    const formatVersion = this.#formats.get(write.collection) ?? 0;
    if (write.kind === "replace" && head) {
      this.#documents.replace(head.order, formatVersion, write.content);
      this.#index.replace(head.order, owner, head.entries, entries);
      return head.revision + 1;
    }
    const order = this.#orders.next(nowMs);
    this.#documents.insert(order, owner.scope, write.id, formatVersion, write.content);
    this.#index.insert(order, owner, entries);
    return 1;
  }

  #ownerOf(collection: string, tenant: string): Owner {
    return { scope: this.#scopes.findOrMake(collection, tenant), everyScope: this.#scopes.findOrMake(collection) };
  }

  #reindex(request: ReindexRequest): WriterReply {
    for (const { order, revision, entries } of request.documents) {
      const row = this.#documents.byOrder(order);
      if (row?.revision !== revision) continue;
      const owner = this.#ownerOf(row.collection, row.tenant);
      const head = this.#documents.head(owner.scope, row.id);
      if (!head) throw new Error(`document ${order} is missing under its id`);
      this.#documents.setEntries(head.order, entries);
      this.#index.replace(head.order, owner, head.entries, entries);
    }
    return { value: null };
  }
}

/** Why the condition of a write does not hold. */
function reasonAgainst({ write, head }: Planned): "ALREADY_EXISTS" | "NOT_FOUND" | "REVISION_MISMATCH" | undefined {
  if (write.kind === "insert") return head ? "ALREADY_EXISTS" : undefined;
  if (write.revision === 0) return head ? "REVISION_MISMATCH" : undefined;
  if (!head) return "NOT_FOUND";
  return head.revision === write.revision ? undefined : "REVISION_MISMATCH";
}

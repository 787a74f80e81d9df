import type { DatabaseSync } from "node:sqlite";
import { DocumentTable } from "./document-table.ts";
import { countPlaces, findPlaces, takeAtMost } from "./find-places.ts";
import type { Listing } from "./index-reader.ts";
import { IndexReader } from "./index-reader.ts";
import type { CountRequest, GetRequest, PageRequest, ReaderRequest, Reply, RowsReply } from "./messages.ts";
import { Scopes } from "./scopes.ts";
import { failureOf } from "./sqlite-failure.ts";

type ReaderReply = Reply<RowsReply | number>;

/** Answers reads. Whatever arrived together is answered from one point in time, after the last of it was asked. */
export class Reader {
  readonly #database: DatabaseSync;
  readonly #scopes: Scopes;
  readonly #documents: DocumentTable;
  readonly #index: IndexReader;

  constructor(database: DatabaseSync) {
    database.exec("PRAGMA query_only = ON");
    this.#database = database;
    this.#scopes = new Scopes(database);
    this.#documents = new DocumentTable(database, this.#scopes);
    this.#index = new IndexReader(database);
  }

  run(requests: ReaderRequest[]): ReaderReply[] {
    try {
      this.#database.exec("BEGIN");
      return requests.map((request) => this.#runOne(request));
    } catch (error) {
      return requests.map(() => ({ failure: failureOf(error) }));
    } finally {
      if (this.#database.isTransaction) this.#database.exec("COMMIT");
    }
  }

  close(): void {
    this.#database.close();
  }

  #runOne(request: ReaderRequest): ReaderReply {
    try {
      if (request.kind === "get") return { value: this.#get(request) };
      return { value: request.kind === "page" ? this.#page(request) : this.#count(request) };
    } catch (error) {
      return { failure: failureOf(error) };
    }
  }

  #get(request: GetRequest): RowsReply {
    const rows = request.keys.map(({ tenant, collection, id }) => {
      const scope = this.#scopes.find(collection, tenant);
      return scope && this.#documents.byId(scope, id);
    });
    return { rows };
  }

  #page(request: PageRequest): RowsReply {
    const { filter, ordering, after, limit } = request;
    const listing = this.#listing(request.collection, request.tenant);
    if (!listing) return { rows: [] };
    const search = { listing, filter, ordering, ...(after && { after }) };
    const places = takeAtMost(findPlaces(this.#index, search), limit + 1);
    const rows = places.slice(0, limit).map((place) => this.#documents.byOrder(place.order));
    const last = places[limit - 1];
    return places.length > limit && last ? { rows, next: last } : { rows };
  }

  #count(request: CountRequest): number {
    const listing = this.#listing(request.collection, request.tenant);
    if (!listing) return 0;
    return countPlaces(this.#index, listing, request.filter, request.cap);
  }

  #listing(collection: string, tenant: string | undefined): Listing | undefined {
    const scope = this.#scopes.find(collection, tenant);
    return scope && { scopeId: scope.id, acrossTenants: tenant === undefined };
  }
}

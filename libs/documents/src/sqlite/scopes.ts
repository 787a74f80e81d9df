import type { DatabaseSync, StatementSync } from "node:sqlite";

/** A collection over all tenants: no tenant has an empty name. */
const ALL_TENANTS = "";

export interface Scope {
  id: number;
  tenant: string;
  collection: string;
}

/**
 * Finds the small number of a collection within a tenant. Scopes are never changed or removed, so found ones are kept in
 * memory; `forget` drops those of a transaction that was rolled back.
 */
export class Scopes {
  readonly #byName = new Map<string, Scope>();
  readonly #byId = new Map<number, Scope>();
  readonly #select: StatementSync;
  readonly #selectById: StatementSync;
  readonly #insert: StatementSync;

  constructor(database: DatabaseSync) {
    const columns = "s.id, s.tenant, c.name AS collection";
    const from = "FROM scope s JOIN collection c ON c.id = s.collection";
    this.#select = database.prepare(`SELECT ${columns} ${from} WHERE c.name = ? AND s.tenant = ?`);
    this.#selectById = database.prepare(`SELECT ${columns} ${from} WHERE s.id = ?`);
    this.#insert = database.prepare(
      "INSERT INTO scope (collection, tenant) SELECT id, ? FROM collection WHERE name = ?",
    );
  }

  /** Undefined where the tenant never had a document in the collection. */
  find(collection: string, tenant: string = ALL_TENANTS): Scope | undefined {
    return this.#byName.get(nameOf(collection, tenant)) ?? this.#remember(this.#select.get(collection, tenant));
  }

  /** As find, but makes the scope; only inside a write transaction. */
  findOrMake(collection: string, tenant: string = ALL_TENANTS): Scope {
    const found = this.find(collection, tenant);
    if (found) return found;
    this.#insert.run(tenant, collection);
    return this.findOrMake(collection, tenant);
  }

  byId(id: number): Scope {
    const scope = this.#byId.get(id) ?? this.#remember(this.#selectById.get(id));
    if (!scope) throw new Error(`scope ${id} is missing`);
    return scope;
  }

  forget(): void {
    this.#byName.clear();
    this.#byId.clear();
  }

  #remember(row: Record<string, unknown> | undefined): Scope | undefined {
    if (!row) return undefined;
    const { id, tenant, collection } = row;
    const scope = {
      id: Number(id),
      tenant: String(tenant),
      collection: String(collection),
    };
    this.#byName.set(nameOf(scope.collection, scope.tenant), scope);
    this.#byId.set(scope.id, scope);
    return scope;
  }
}

function nameOf(collection: string, tenant: string): string {
  return `${collection}\n${tenant}`;
}

import { fromJson, toJson } from "@bufbuild/protobuf";
import {
  type CollectionDefinition,
  type DocumentKey,
  type DocumentStore,
  type JsonObject,
  PLATFORM,
  type StoredDocument,
  type Write,
} from "@slipway/documents";
import {
  type Key,
  KeySchema,
  type Principal,
  PrincipalSchema,
  type Tenant,
  TenantSchema,
} from "@slipway/gen/slipway/access/v1/access_pb.js";
import { commitOrThrow, listPage } from "@slipway/resources";
import type { Ids } from "@slipway/runtime";

/** Term by which a key is found without knowing its tenant. */
export function keyTerm(id: string): string {
  return `key:${id}`;
}

/** Tenants stand under PLATFORM with their name as id. */
export const tenantsCollection: CollectionDefinition = {
  name: "tenants",
  formatVersion: 1,
  upgrade: (body) => body,
  project: () => ({}),
};

/** Principals stand under their tenant with their name as id. */
export const principalsCollection: CollectionDefinition = {
  name: "principals",
  formatVersion: 1,
  upgrade: (body) => body,
  project: () => ({}),
};

/** Keys stand under their tenant; body: `resource`, `secretHash` and the tenant's name. */
export const keysCollection: CollectionDefinition = {
  name: "keys",
  formatVersion: 1,
  upgrade: (body) => body,
  project: () => ({}),
  projectAcrossTenants: (body) => ({
    terms: [keyTerm(((body.resource as JsonObject).name as string).slice("keys/".length))],
  }),
};

/** A stored resource with the revision to replace it by. */
export interface Stored<T> {
  resource: T;
  revision: number;
}

/** A key as it is stored. */
export interface StoredKey extends Stored<Key> {
  tenantUid: string;
  /** Name of the tenant. */
  tenant: string;
  secretHash: string;
}

interface PageRequest {
  pageSize: number;
  pageToken: string;
}

interface ResourcePage<T> {
  items: T[];
  nextPageToken: string;
}

/** Tenants, principals and keys in the DocumentStore. Commits throw CommitConflict. */
export class AccessStore {
  readonly #documents: DocumentStore;
  readonly #ids: Ids;

  constructor(documents: DocumentStore, ids: Ids) {
    this.#documents = documents;
    this.#ids = ids;
  }

  async commit(writes: Write[]): Promise<void> {
    await commitOrThrow(this.#documents, this.#ids, writes);
  }

  async tenant(name: string): Promise<Tenant | undefined> {
    const document = await this.#documents.get(tenantKey(name));
    return document && tenantOf(document);
  }

  async principal(tenantUid: string, name: string): Promise<Stored<Principal> | undefined> {
    const document = await this.#documents.get(principalKey(tenantUid, name));
    return document && { resource: principalOf(document), revision: document.revision };
  }

  /** The person behind a principal: the owner of a service account, else the principal itself. */
  async personOf(tenantUid: string, name: string): Promise<string> {
    return (await this.principal(tenantUid, name))?.resource.owner || name;
  }

  async key(tenantUid: string, id: string): Promise<StoredKey | undefined> {
    const document = await this.#documents.get(keyKey(tenantUid, id));
    return document && storedKeyOf(document);
  }

  listTenants(page: PageRequest): Promise<ResourcePage<Tenant>> {
    return this.#list(PLATFORM, tenantsCollection, page, tenantOf);
  }

  listPrincipals(tenantUid: string, page: PageRequest): Promise<ResourcePage<Principal>> {
    return this.#list(tenantUid, principalsCollection, page, principalOf);
  }

  listKeys(tenantUid: string, page: PageRequest): Promise<ResourcePage<Key>> {
    return this.#list(tenantUid, keysCollection, page, (document) => storedKeyOf(document).resource);
  }

  async #list<T>(
    tenant: string,
    { name }: CollectionDefinition,
    page: PageRequest,
    read: (document: StoredDocument) => T,
  ): Promise<ResourcePage<T>> {
    const { documents, nextPageToken } = await listPage(this.#documents, { tenant, collection: name }, page);
    return { items: documents.map(read), nextPageToken };
  }
}

function tenantOf(document: StoredDocument): Tenant {
  return fromJson(TenantSchema, document.body.resource ?? {});
}

function principalOf(document: StoredDocument): Principal {
  return fromJson(PrincipalSchema, document.body.resource ?? {});
}

export function storedKeyOf({ key, revision, body }: StoredDocument): StoredKey {
  return {
    tenantUid: key.tenant,
    tenant: body.tenant as string,
    secretHash: body.secretHash as string,
    resource: fromJson(KeySchema, body.resource ?? {}),
    revision,
  };
}

export function insertTenant(tenant: Tenant, name: string): Write {
  return { kind: "insert", key: tenantKey(name), body: { resource: toJson(TenantSchema, tenant) } };
}

export function insertPrincipal(tenantUid: string, principal: Principal): Write {
  const body = { resource: toJson(PrincipalSchema, principal) };
  return { kind: "insert", key: principalKey(tenantUid, principal.name), body };
}

export function replacePrincipal(tenantUid: string, { resource, revision }: Stored<Principal>): Write {
  const body = { resource: toJson(PrincipalSchema, resource) };
  return { kind: "replace", key: principalKey(tenantUid, resource.name), revision, body };
}

export function insertKey(key: Omit<StoredKey, "revision">): Write {
  return { kind: "insert", key: keyKey(key.tenantUid, idOf(key.resource)), body: keyBody(key) };
}

export function replaceKey(key: StoredKey): Write {
  const { revision } = key;
  return { kind: "replace", key: keyKey(key.tenantUid, idOf(key.resource)), revision, body: keyBody(key) };
}

function keyBody({ resource, secretHash, tenant }: Omit<StoredKey, "revision">): JsonObject {
  return { resource: toJson(KeySchema, resource), secretHash, tenant };
}

function idOf(key: Key): string {
  return key.name.slice("keys/".length);
}

function tenantKey(name: string): DocumentKey {
  return { tenant: PLATFORM, collection: tenantsCollection.name, id: name };
}

function principalKey(tenantUid: string, name: string): DocumentKey {
  return { tenant: tenantUid, collection: principalsCollection.name, id: name };
}

function keyKey(tenantUid: string, id: string): DocumentKey {
  return { tenant: tenantUid, collection: keysCollection.name, id };
}

import { randomUUID } from "node:crypto";
import { systemClock } from "@slipway/runtime";
import { expect } from "chai";
import {
  type CollectionDefinition,
  type CommitOutcome,
  type DocumentKey,
  type DocumentStore,
  DocumentStoreError,
  type DocumentStoreErrorKind,
  type JsonObject,
  type Projection,
  type Write,
} from "../document-store.ts";
import { type DocumentEngine, type OpenedDocuments, openAt } from "./contract-engine.ts";

/** Documents that say themselves how they are projected. */
export const items: CollectionDefinition = {
  name: "items",
  formatVersion: 1,
  upgrade: (body) => body,
  project: (body) => (body.projection ?? {}) as Projection,
  projectAcrossTenants: (body) => (body.projectionAcrossTenants ?? body.projection ?? {}) as Projection,
};

export const tenant = "0198c0de-0000-7000-8000-000000000001";
export const otherTenant = "0198c0de-0000-7000-8000-000000000002";

export function keyOf(id: string, owner = tenant): DocumentKey {
  return { tenant: owner, collection: items.name, id };
}

export function insert(id: string, body: JsonObject = {}, owner = tenant): Write {
  return { kind: "insert", key: keyOf(id, owner), body };
}

/** A new commit id for each call. */
export function commit(store: Pick<DocumentStore, "commit">, ...writes: Write[]): Promise<CommitOutcome> {
  return store.commit(writes, randomUUID());
}

/** Expects that a promise is refused with a kind of error. */
export async function expectRefused(promise: Promise<unknown>, kind: DocumentStoreErrorKind): Promise<void> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(DocumentStoreError);
  expect((error as DocumentStoreError).kind).to.equal(kind);
}

/** Opens one database before the tests of a group and removes it after them. */
export function useStore(engine: DocumentEngine): OpenedDocuments & { location: string } {
  const used = {} as OpenedDocuments & { location: string };
  before(async () => {
    used.location = await engine.createLocation();
    Object.assign(used, await openAt(engine, used.location, [items], systemClock));
  });
  after(async () => {
    await used.documents.close();
    await engine.removeLocation(used.location);
  });
  return used;
}

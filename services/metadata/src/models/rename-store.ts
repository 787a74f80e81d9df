import type { CollectionDefinition, DocumentKey, DocumentStore, Write } from "@slipway/documents";

/** Under the uid of a model: some of its versions still know it by an older name. */
export const renamesCollection: CollectionDefinition = {
  name: "renames",
  formatVersion: 1,
  upgrade: (body) => body,
  project: () => ({}),
};

/** Which renames are not through yet. */
export class RenameStore {
  readonly #documents: DocumentStore;

  constructor(documents: DocumentStore) {
    this.#documents = documents;
  }

  /** Revision of the note about a model; 0 where there is none. */
  async revision(tenantUid: string, modelUid: string): Promise<number> {
    return (await this.#documents.get(keyOf(tenantUid, modelUid)))?.revision ?? 0;
  }

  /** Notes a rename; replacing an earlier note keeps whoever works at it from removing this one. */
  note(tenantUid: string, modelUid: string, revision: number): Write {
    const key = keyOf(tenantUid, modelUid);
    return revision === 0 ? { kind: "insert", key, body: {} } : { kind: "replace", key, revision, body: {} };
  }

  /** Removes the note of this revision. */
  remove(tenantUid: string, modelUid: string, revision: number): Write {
    return { kind: "delete", key: keyOf(tenantUid, modelUid), revision };
  }
}

function keyOf(tenant: string, modelUid: string): DocumentKey {
  return { tenant, collection: renamesCollection.name, id: modelUid };
}

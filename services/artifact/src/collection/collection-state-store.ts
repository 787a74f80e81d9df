import type {
  CollectionDefinition,
  DocumentKey,
  DocumentStore,
  JsonObject,
  StoredDocument,
  Write,
} from "@slipway/documents";
import { type CollectionState, FIRST_STATE } from "./collection-state.ts";

/** Body: a CollectionState. One document for each tenant, `state`. */
export const collectionStatesCollection: CollectionDefinition = {
  name: "collection-states",
  formatVersion: 1,
  upgrade: (body) => body,
  project: () => ({}),
  projectAcrossTenants: ({ dueMs }) => ({ numbers: { due: dueMs as number } }),
};

/** Where the collection of each tenant stands. */
export class CollectionStateStore {
  readonly #documents: DocumentStore;

  constructor({ documents }: { documents: DocumentStore }) {
    this.#documents = documents;
  }

  /** Revision 0 where there is none yet. */
  async get(tenantUid: string): Promise<{ state: CollectionState; revision: number }> {
    const document = await this.#documents.get(stateKey(tenantUid));
    return document === undefined
      ? { state: FIRST_STATE, revision: 0 }
      : { state: stateOf(document), revision: document.revision };
  }

  /** The tenant's epoch. */
  async epoch(tenantUid: string): Promise<number> {
    return (await this.get(tenantUid)).state.epoch;
  }

  write(tenantUid: string, revision: number, state: CollectionState): Write {
    const key = stateKey(tenantUid);
    const { round, ...flat } = state;
    const body: JsonObject = { ...flat, ...(round && { round: { ...round } }) };
    return revision === 0 ? { kind: "insert", key, body } : { kind: "replace", key, revision, body };
  }

  /** The write that lets a commit through only while nobody else has written the state. */
  checkWrite(tenantUid: string, revision: number): Write {
    return { kind: "check", key: stateKey(tenantUid), revision };
  }
}

function stateKey(tenantUid: string): DocumentKey {
  return { tenant: tenantUid, collection: collectionStatesCollection.name, id: "state" };
}

function stateOf({ body }: StoredDocument): CollectionState {
  return { ...FIRST_STATE, ...(body as Partial<CollectionState>) };
}

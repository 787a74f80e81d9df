import type { CollectionDefinition, DocumentKey, DocumentStore, Write } from "@slipway/documents";
import { precedenceKey } from "./precedence-key.ts";
import type { StoredVersion } from "./version.ts";

/** The numbers of purged versions under `{uid of the model}/{number}`: they are never given again. */
export const retiredNumbersCollection: CollectionDefinition = {
  name: "retired-numbers",
  formatVersion: 1,
  upgrade: (body) => body,
  project: ({ modelUid, number }) => ({
    terms: [modelTerm(modelUid as string)],
    strings: { [byPrecedence(modelUid as string)]: precedenceKey(number as string) },
  }),
};

/** Retired numbers in the DocumentStore, always of one tenant. */
export class RetiredNumberStore {
  readonly #documents: DocumentStore;

  constructor(documents: DocumentStore) {
    this.#documents = documents;
  }

  async has(tenantUid: string, modelUid: string, number: string): Promise<boolean> {
    return (await this.#documents.get(keyOf(tenantUid, modelUid, number))) !== undefined;
  }

  /** The highest one below a bound (see precedence-key.ts). */
  async highest(tenant: string, modelUid: string, below: string): Promise<string | undefined> {
    const { documents } = await this.#documents.query({
      tenant,
      collection: retiredNumbersCollection.name,
      ordering: { by: { string: byPrecedence(modelUid) }, direction: "descending" },
      after: { order: 0, value: below },
      limit: 1,
    });
    return documents[0]?.body.number as string | undefined;
  }

  /** The write that keeps a purged version's number from being given again. */
  retire(tenantUid: string, { modelUid, version: { number } }: StoredVersion): Write {
    return { kind: "insert", key: keyOf(tenantUid, modelUid, number), body: { modelUid, number } };
  }

  /** Writes that forget some numbers of a model that is purged itself; none once there are no more. */
  async forget(tenant: string, modelUid: string, limit: number): Promise<Write[]> {
    const filter = { term: modelTerm(modelUid) };
    const { documents } = await this.#documents.query({
      tenant,
      collection: retiredNumbersCollection.name,
      filter,
      limit,
    });
    return documents.map(({ key, revision }) => ({ kind: "delete", key, revision }));
  }
}

function modelTerm(uid: string): string {
  return `model:${uid}`;
}

function byPrecedence(modelUid: string): string {
  return `number/${modelUid}`;
}

function keyOf(tenant: string, modelUid: string, number: string): DocumentKey {
  return { tenant, collection: retiredNumbersCollection.name, id: `${modelUid}/${number}` };
}

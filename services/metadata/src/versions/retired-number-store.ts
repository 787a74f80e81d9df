import { fromJson, toJson } from "@bufbuild/protobuf";
import type { CollectionDefinition, DocumentKey, DocumentStore, Write } from "@slipway/documents";
import { type Review, ReviewSchema } from "@slipway/gen/slipway/metadata/v1/review_pb.js";
import { precedenceKey } from "./precedence-key.ts";
import type { StoredVersion } from "./version.ts";

/**
 * The numbers of purged versions under `{uid of the model}/{number}`: they are never given again. Body: `modelUid`,
 * `number`, `reviews` as far as there were any: who let a version out is known as long as its model is.
 */
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

  /** Those of some numbers of a model that are retired, at most 1,000. */
  async among(tenantUid: string, modelUid: string, numbers: readonly string[]): Promise<Set<string>> {
    const found = await this.#documents.getMany(numbers.map((number) => keyOf(tenantUid, modelUid, number)));
    return new Set(numbers.filter((_number, index) => found[index] !== undefined));
  }

  /** What was said of the version that had a number; undefined where the number is not retired. */
  async reviewsOf(tenantUid: string, modelUid: string, number: string): Promise<Review[] | undefined> {
    const document = await this.#documents.get(keyOf(tenantUid, modelUid, number));
    if (document === undefined) return undefined;
    const { reviews } = document.body;
    return Array.isArray(reviews) ? reviews.map((review) => fromJson(ReviewSchema, review)) : [];
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

  /** The write that keeps a purged version's number from being given again, and the verdicts about it. */
  retire(tenantUid: string, { modelUid, version: { number }, reviews }: StoredVersion): Write {
    const said = reviews && { reviews: reviews.map((review) => toJson(ReviewSchema, review)) };
    return { kind: "insert", key: keyOf(tenantUid, modelUid, number), body: { modelUid, number, ...said } };
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

import { testServer } from "@slipway/runtime/testing";
import { expect } from "chai";
import { MongoClient } from "mongodb";
import { mongoEngine } from "../contract/contract-mongodb.ts";
import { commit, insert, items, tenant, useStore } from "../contract/contract-sample.ts";
import type { Filter, Ordering } from "../document-store.ts";

const DOCUMENTS = 3_000;
const SIZE: Ordering = { by: { number: "size" }, direction: "descending" };
const NEWEST: Ordering = { by: "created", direction: "descending" };

describe("the effort of MongoDB for a query", () => {
  const store = useStore(mongoEngine);
  const client = new MongoClient(testServer("SLIPWAY_TEST_MONGODB"));

  before(async () => {
    const ids = Array.from({ length: DOCUMENTS }, (_, index) => index);
    for (let from = 0; from < DOCUMENTS; from += 500) {
      const writes = ids.slice(from, from + 500).map((index) => {
        const terms = ["all", ...(index % 3 === 0 ? ["third"] : []), ...(index % 1_000 === 7 ? ["rare"] : [])];
        return insert(`${index}`, { projection: { terms, numbers: { size: (index * 7) % DOCUMENTS } } });
      });
      expect((await commit(store.documents, ...writes)).committed).to.equal(true);
    }
    await client.db(store.location).command({ profile: 2 });
  });
  after(() => client.close());

  /** How many documents the server looks at to find ten. */
  async function lookedAt(filter: Filter, ordering: Ordering): Promise<number> {
    const profile = client.db(store.location).collection("system.profile");
    const { length: before } = await profile.find().toArray();
    await store.documents.query({ tenant, collection: items.name, filter, ordering, limit: 10 });
    const operations = (await profile.find().sort({ $natural: 1 }).toArray()).slice(before);
    return operations
      .filter(({ ns }) => ns === `${store.location}.documents`)
      .reduce((sum, { docsExamined }) => sum + Number(docsExamined ?? 0), 0);
  }

  const all = { term: "all" };
  for (const ordering of [NEWEST, SIZE]) {
    it(`is that of the rarest term, by ${JSON.stringify(ordering.by)}`, async () => {
      expect(await lookedAt({ and: [all, { term: "rare" }, { not: { term: "none" } }] }, ordering)).to.equal(3);
    });

    it(`ends with the page where all terms are frequent, by ${JSON.stringify(ordering.by)}`, async () => {
      expect(await lookedAt({ and: [all, { term: "third" }] }, ordering)).to.be.within(11, 40);
    });
  }

  it("is that of the rarest term where several are asked for at once", async () => {
    expect(await lookedAt({ and: [all, { or: [{ term: "rare" }, { term: "none" }] }] }, NEWEST)).to.equal(3);
  });

  it("is that of a range of the number that it orders by", async () => {
    const filter = { and: [all, { number: "size", max: 20 }] };
    expect(await lookedAt(filter, SIZE)).to.be.within(11, 21);
  });

  it("is none where documents are counted by one term", async () => {
    const profile = client.db(store.location).collection("system.profile");
    const { length: before } = await profile.find().toArray();
    expect(await store.documents.count({ tenant, collection: items.name, filter: all }, 1_000)).to.equal(1_000);
    const counts = (await profile.find().sort({ $natural: 1 }).toArray()).slice(before);
    const own = counts.filter(({ ns }) => ns === `${store.location}.documents`);
    expect(own.map(({ docsExamined }) => docsExamined)).to.deep.equal([0]);
  });
});

import { randomUUID } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { Collections } from "../collections.ts";
import { filters, orderings, projections } from "../contract/contract-arbitraries.ts";
import { type ModelDocument, modelAnswer } from "../contract/contract-model.ts";
import { insert, items } from "../contract/contract-sample.ts";
import type { JsonObject } from "../document-store.ts";
import { prepareCommit } from "../prepare-commit.ts";
import { commitOrder } from "./commit-order.ts";
import { findPlaces } from "./find-places.ts";
import { IndexReader, type Listing } from "./index-reader.ts";
import { openDatabase } from "./open-database.ts";
import { Scopes } from "./scopes.ts";
import { Writer } from "./writer.ts";

const TENANT = "tenant";
const DOCUMENTS = 300;

describe("the ways to find places", () => {
  const database = openDatabase(":memory:");
  const index = new IndexReader(database);
  let model: ModelDocument[] = [];
  let listing: Listing;

  before(() => {
    const collections = new Collections([items]);
    const writer = new Writer(database, collections.all());
    writer.register();
    const sample = fc.sample(projections, { numRuns: DOCUMENTS, seed: 11 });
    const writes = sample.map((projection, at) => insert(`d${at}`, { projection } as unknown as JsonObject, TENANT));
    writer.run([commitOrder(prepareCommit(collections, writes, randomUUID(), 1))]);
    model = sample.map((projection, at) => ({ tenant: TENANT, id: `d${at}`, order: 1024 + at, ...projection }));
    const { id } = new Scopes(database).find(items.name, TENANT) ?? { id: 0 };
    listing = { scopeId: id, acrossTenants: false };
  });
  after(() => database.close());

  const ways = {
    "sorting all candidates": { few: Number.MAX_SAFE_INTEGER, many: Number.MAX_SAFE_INTEGER },
    "walking the order past a set of candidates": { few: 0, many: Number.MAX_SAFE_INTEGER },
    "looking at all that the order comes by": { few: 0, many: 0 },
    "whichever is the quickest": { few: 10, many: 100 },
  };
  for (const [way, thresholds] of Object.entries(ways)) {
    it(`find the same by ${way}, from any place on`, () => {
      fc.assert(
        fc.property(filters, orderings, fc.nat({ max: 40 }), (filter, ordering, skipped) => {
          const names = (from: Iterable<{ order: number }>) =>
            [...from].map(({ order }) => `${TENANT}/d${order - 1024}`);
          const expected = modelAnswer(model, filter, ordering);
          const places = [...findPlaces(index, { listing, filter, ordering }, thresholds)];
          expect(names(places)).to.deep.equal(expected);
          const after = places[skipped];
          if (after === undefined) return;
          const behind = findPlaces(index, { listing, filter, ordering, after }, thresholds);
          expect(names(behind)).to.deep.equal(expected.slice(skipped + 1));
        }),
        { numRuns: 200 },
      );
    });
  }
});

import { systemClock } from "@slipway/runtime";
import { expect } from "chai";
import fc from "fast-check";
import type { Cursor, Filter, JsonObject, Ordering, Page, Query } from "../document-store.ts";
import { filters, orderings, projections, value } from "./contract-arbitraries.ts";
import { type DocumentEngine, type OpenedDocuments, openAt } from "./contract-engine.ts";
import { type ModelDocument, modelAnswer } from "./contract-model.ts";
import { commit, expectRefused, insert, items, keyOf, useStore } from "./contract-sample.ts";

const tenants = ["tenant-a", "tenant-b", "tenant-c"] as const;
/** Enough that an engine's ways for many and for few candidates are both taken. */
const documentCount = 6000;
const writesPerCommit = 500;

/** Filters, orderings, pages and counts, compared with a plain list. */
export function describeQueries(engine: DocumentEngine): void {
  describe("queries", () => {
    const store = useStore(engine);
    let model: ModelDocument[] = [];

    before(async () => {
      model = await fill(store);
    });

    it("answers any filter in any order as a plain list would", async () => {
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...tenants), filters, orderings, async (tenant, filter, ordering) => {
          const expected = modelAnswer(
            model.filter((document) => document.tenant === tenant),
            filter,
            ordering,
          );
          const page = await store.documents.query({ tenant, collection: items.name, filter, ordering, limit: 1000 });
          expect(names(page)).to.deep.equal(expected.slice(0, 1000));
          expect(page.next === undefined).to.equal(expected.length <= 1000);
        }),
        { numRuns: 150 },
      );
    });

    it("answers the same over all tenants", async () => {
      await fc.assert(
        fc.asyncProperty(filters, orderings, async (filter, ordering) => {
          const page = await store.acrossTenants.query({ collection: items.name, filter, ordering, limit: 1000 });
          expect(names(page)).to.deep.equal(modelAnswer(model, filter, ordering).slice(0, 1000));
        }),
        { numRuns: 60 },
      );
    });

    it("counts up to the cap", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...tenants),
          filters,
          fc.integer({ min: 1, max: 2000 }),
          async (tenant, filter, cap) => {
            const ordering: Ordering = { by: "created", direction: "ascending" };
            const expected = modelAnswer(
              model.filter((document) => document.tenant === tenant),
              filter,
              ordering,
            );
            const count = await store.documents.count({ tenant, collection: items.name, filter }, cap);
            expect(count).to.equal(Math.min(expected.length, cap));
          },
        ),
        { numRuns: 60 },
      );
    });

    it("cuts any answer into pages without a gap or a repetition", async () => {
      await fc.assert(
        fc.asyncProperty(filters, orderings, fc.integer({ min: 1, max: 60 }), async (filter, ordering, limit) => {
          const query = { tenant: "tenant-c", collection: items.name, filter, ordering };
          const expected = modelAnswer(
            model.filter(({ tenant }) => tenant === "tenant-c"),
            filter,
            ordering,
          );
          expect(await everyPage((after) => store.documents.query({ ...query, limit, ...after }))).to.deep.equal(
            expected,
          );
        }),
        { numRuns: 40 },
      );
    });

    it("cuts ranges of the number that it orders by into pages, also behind places outside of them", async () => {
      const range = fc.record(
        { min: value, max: value, minExclusive: fc.boolean(), maxExclusive: fc.boolean() },
        { requiredKeys: [] },
      );
      const direction = fc.constantFrom("ascending" as const, "descending" as const);
      const cursor = fc.option(fc.record({ value, order: fc.integer({ min: 0, max: 2 ** 52 }) }), { nil: undefined });
      await fc.assert(
        fc.asyncProperty(
          fc.array(range, { minLength: 1, maxLength: 2 }),
          direction,
          cursor,
          async (ranges, towards, first) => {
            const filter: Filter = { and: ranges.map((one) => ({ number: "x", ...one })) };
            const query = {
              tenant: "tenant-c",
              collection: items.name,
              filter,
              ordering: { by: { number: "x" }, direction: towards },
            };
            const documents = model.filter(({ tenant }) => tenant === "tenant-c");
            const expected = modelAnswer(documents, filter, query.ordering, first);
            const read = (after: { after?: Cursor }) =>
              store.documents.query({ ...query, limit: 7, ...(first && { after: first }), ...after });
            expect(await everyPage(read)).to.deep.equal(expected);
          },
        ),
        { numRuns: 60 },
      );
    });

    it("pages over all tenants", async () => {
      const ordering: Ordering = { by: { string: "name" }, direction: "descending" };
      const query = { collection: items.name, filter: { not: { term: "a" } }, ordering, limit: 700 };
      const found = await everyPage((after) => store.acrossTenants.query({ ...query, ...after }));
      expect(found).to.deep.equal(modelAnswer(model, query.filter, ordering));
    });

    it("searches over all tenants only what is declared so", async () => {
      const { projectAcrossTenants: _, ...quiet } = items;
      const location = await engine.createLocation();
      const { documents, acrossTenants } = await openAt(engine, location, [quiet], systemClock);
      try {
        await commit(documents, insert("quiet", { projection: { terms: ["t"], numbers: { n: 1 } } }));
        const query = { collection: quiet.name, limit: 10 };
        expect(names(await acrossTenants.query(query))).to.have.lengthOf(1);
        await expectRefused(acrossTenants.query({ ...query, filter: { term: "t" } }), "INVALID");
        const ordering: Ordering = { by: { number: "n" }, direction: "ascending" };
        await expectRefused(acrossTenants.query({ ...query, ordering }), "INVALID");
      } finally {
        await documents.close();
        await engine.removeLocation(location);
      }
    });

    it("finds over all tenants by what is for that, within a tenant by the rest, and follows both", async () => {
      const tenant = "tenant-apart";
      const key = keyOf("apart", tenant);
      const body = (n: number): JsonObject => ({
        projection: { terms: [`own-${n}`], numbers: { own: n }, strings: { own: `s${n}` } },
        projectionAcrossTenants: { terms: [`every-${n}`], numbers: { every: n }, strings: { every: `s${n}` } },
      });
      const found = async (kind: "own" | "every", n: number): Promise<[inTenant: number, everywhere: number]> => {
        const filters: Filter[] = [{ term: `${kind}-${n}` }, { number: kind, min: n, max: n }];
        const ordering: Ordering = { by: { string: kind }, direction: "ascending" };
        const query = { collection: items.name, limit: 10 };
        let [inTenant, everywhere] = [0, 0];
        for (const searched of [...filters.map((filter) => ({ filter })), { filter: filters[0] as Filter, ordering }]) {
          inTenant += (await store.documents.query({ ...query, tenant, ...searched })).documents.length;
          everywhere += (await store.acrossTenants.query({ ...query, ...searched })).documents.length;
        }
        return [inTenant, everywhere];
      };
      await commit(store.documents, insert("apart", body(91), tenant));
      expect([await found("own", 91), await found("every", 91)]).to.deep.equal([
        [3, 0],
        [0, 3],
      ]);
      await commit(store.documents, { kind: "replace", key, revision: 1, body: body(92) });
      expect([await found("own", 91), await found("every", 91)]).to.deep.equal([
        [0, 0],
        [0, 0],
      ]);
      expect([await found("own", 92), await found("every", 92)]).to.deep.equal([
        [3, 0],
        [0, 3],
      ]);
      await commit(store.documents, { kind: "delete", key, revision: 2 });
      expect([await found("own", 92), await found("every", 92)]).to.deep.equal([
        [0, 0],
        [0, 0],
      ]);
    });

    it("keeps pages exact while documents come and go around the cursor", async () => {
      const tenant = "tenant-moving";
      const named = (rank: number): JsonObject => ({
        projection: { terms: ["t"], numbers: { rank }, strings: { rank: `r${rank}` } },
      });
      for (const rank of [10, 20, 30, 40, 50, 60])
        await commit(store.documents, insert(`stays-${rank}`, named(rank), tenant));
      const orders: Ordering["by"][] = ["created", { number: "rank" }, { string: "rank" }];
      for (const [round, by] of orders.entries()) {
        const query: Query = {
          tenant,
          collection: items.name,
          filter: { term: "t" },
          ordering: { by, direction: "ascending" },
          limit: 2,
        };
        let page = await store.documents.query(query);
        const seen = names(page);
        for (let step = 0; page.next; step += 1) {
          const id = `comes-${round}-${step}`;
          await commit(store.documents, insert(`${id}-low`, named(1), tenant), insert(`${id}-high`, named(99), tenant));
          if (step > 0)
            await commit(store.documents, {
              kind: "delete",
              key: keyOf(`comes-${round}-${step - 1}-low`, tenant),
              revision: 1,
            });
          page = await store.documents.query({ ...query, after: page.next });
          seen.push(...names(page));
          if (step > 20) break;
        }
        expect(new Set(seen).size, "a repetition").to.equal(seen.length);
        expect(seen.filter((name) => name.includes("stays"))).to.have.lengthOf(6);
      }
    });

    it("follows replaces and deletes", async () => {
      const tenant = "tenant-changing";
      const find = async (filter: Filter) =>
        names(await store.documents.query({ tenant, collection: items.name, filter, limit: 10 }));
      await commit(
        store.documents,
        insert("changing", { projection: { terms: ["old", "kept"], numbers: { n: 1, m: 1 } } }, tenant),
      );
      const key = keyOf("changing", tenant);
      const projection = { terms: ["new", "kept"], numbers: { n: 2 } };
      await commit(store.documents, { kind: "replace", key, revision: 1, body: { projection } });
      for (const filter of [{ term: "new" }, { term: "kept" }, { number: "n", min: 2 }, { not: { term: "old" } }]) {
        expect(await find(filter), JSON.stringify(filter)).to.have.lengthOf(1);
      }
      for (const filter of [{ term: "old" }, { number: "n", max: 1 }, { number: "m" }, { not: { term: "kept" } }]) {
        expect(await find(filter), JSON.stringify(filter)).to.have.lengthOf(0);
      }
      await commit(store.documents, { kind: "delete", key, revision: 2 });
      for (const filter of [{ term: "new" }, { number: "n" }, { not: { term: "x" } }])
        expect(await find(filter)).to.have.lengthOf(0);
    });
  });
}

async function fill({ documents, acrossTenants }: OpenedDocuments): Promise<ModelDocument[]> {
  const sample = fc.sample(projections, { numRuns: documentCount, seed: 7 });
  const planned = sample.map((projection, index) => {
    const tenant = index % 50 === 0 ? "tenant-c" : index % 7 === 0 ? "tenant-b" : "tenant-a";
    return { tenant, id: `d${index}`, ...projection };
  });
  for (let start = 0; start < planned.length; start += writesPerCommit) {
    const part = planned.slice(start, start + writesPerCommit);
    const writes = part.map(({ tenant, id, ...projection }) =>
      insert(id, { projection } as unknown as JsonObject, tenant),
    );
    expect((await commit(documents, ...writes)).committed).to.equal(true);
  }
  const orders = new Map<string, number>();
  let page: Page | undefined;
  do {
    page = await acrossTenants.query({ collection: items.name, limit: 1000, ...(page?.next && { after: page.next }) });
    for (const { key, order } of page.documents) orders.set(key.id, order);
  } while (page.next);
  return planned.map((document) => ({ ...document, order: orders.get(document.id) ?? 0 }));
}

async function everyPage(read: (after: { after?: Cursor }) => Promise<Page>): Promise<string[]> {
  const found: string[] = [];
  let page = await read({});
  for (;;) {
    found.push(...names(page));
    if (!page.next) return found;
    page = await read({ after: JSON.parse(JSON.stringify(page.next)) as Cursor });
  }
}

function names(page: Page): string[] {
  return page.documents.map(({ key }) => `${key.tenant}/${key.id}`);
}

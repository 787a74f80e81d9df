import { randomUUID } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import type { Json, JsonObject, Query } from "../document-store.ts";
import { limits } from "../limits.ts";
import type { DocumentEngine } from "./contract-engine.ts";
import { commit, expectRefused, insert, items, keyOf, tenant, useStore } from "./contract-sample.ts";

/** Any Json that a store must keep: awkward names, every plane of Unicode, extreme numbers. */
const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false, 0, Number.MAX_VALUE, Number.MIN_VALUE, 2 ** 53, 0.1),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
    fc.string({ unit: "binary", maxLength: 12 }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(fc.string({ unit: "binary", maxLength: 6 }), fc.constantFrom("$set", "a.b", "__proto__", "_id")),
      tie("value"),
      {
        maxKeys: 4,
      },
    ),
  ),
})).value;

const nested = (depth: number): JsonObject => (depth === 0 ? {} : { inner: nested(depth - 1) });

/** What goes in comes out, and what could not is refused. */
export function describeValues(engine: DocumentEngine): void {
  describe("values", () => {
    const store = useStore(engine);

    it("keeps every value exactly", async () => {
      await fc.assert(
        fc.asyncProperty(json, async (value) => {
          const id = randomUUID();
          await commit(store.documents, insert(id, { value }));
          expect((await store.documents.get(keyOf(id)))?.body).to.deep.equal(structuredClone({ value }));
        }),
        { numRuns: 60 },
      );
    });

    it("keeps ids exactly: no folding, no normalising, no patterns", async () => {
      const ids = ["é", "e\u0301", "A", "a", "%", "_", "*", "'", '"', "\\", "$where", "\u{1f600}", " a", "a "];
      for (const [index, id] of ids.entries()) await commit(store.documents, insert(id, { index }));
      const found = await store.documents.getMany(ids.map((id) => keyOf(id)));
      expect(found.map((document) => document?.body.index)).to.deep.equal(ids.map((_, index) => index));
    });

    const refused: [name: string, value: unknown][] = [
      ["NaN", Number.NaN],
      ["infinity", Number.POSITIVE_INFINITY],
      ["-0", -0],
      ["undefined", undefined],
      ["a lone surrogate", "\ud800"],
      ["a lone surrogate in a name", { "\udc00": 1 }],
      ["a date", new Date(0)],
      ["a bigint", 1n],
      ["bytes", new Uint8Array(1)],
      ["a hole", new Array(1)],
      ["a map", new Map()],
      ["a function", () => 1],
      ["too deep a nest", nested(limits.bodyDepth + 1)],
      ["too long a text", "x".repeat(limits.bodyCharacters)],
    ];
    for (const [name, value] of refused) {
      it(`refuses ${name}`, async () => {
        await expectRefused(
          commit(store.documents, insert("refused", { deep: [{ value }] } as unknown as JsonObject)),
          "INVALID",
        );
        expect(await store.documents.get(keyOf("refused"))).to.equal(undefined);
      });
    }

    const projections: [name: string, projection: Record<string, unknown>][] = [
      ["an empty term", { terms: [""] }],
      ["a long term", { terms: ["x".repeat(limits.termCharacters + 1)] }],
      ["too many terms", { terms: Array.from({ length: limits.terms + 1 }, (_, index) => `t${index}`) }],
      ["an unnamed number", { numbers: { "": 1 } }],
      ["a long string", { strings: { s: "x".repeat(limits.termCharacters + 1) } }],
      ["U+0000 in a string", { strings: { s: "a\u0000b" } }],
    ];
    for (const [name, projection] of projections) {
      it(`refuses to index ${name}`, async () => {
        await expectRefused(commit(store.documents, insert("refused", { projection } as JsonObject)), "INVALID");
      });
    }

    it("takes values at their bounds", async () => {
      const longest = "\u{1f600}".repeat(limits.termCharacters / 2);
      const projection = { terms: [longest], strings: { [longest.slice(0, limits.nameCharacters)]: longest } };
      await commit(store.documents, insert("bounds", { projection, text: "x".repeat(1024 * 1024) }));
      const { documents } = await store.documents.query({
        tenant,
        collection: items.name,
        filter: { term: longest },
        limit: 1,
      });
      expect(documents.map(({ key }) => key.id)).to.deep.equal(["bounds"]);
    });

    it("refuses keys and queries out of bounds", async () => {
      const query: Query = { tenant, collection: items.name, limit: 10 };
      let deep: NonNullable<Query["filter"]> = { term: "x" };
      for (let depth = 0; depth < limits.filterDepth; depth += 1) deep = { not: deep };
      const wide = { or: Array.from({ length: limits.filterNodes }, () => ({ term: "x" })) };
      const bad: Partial<Query>[] = [
        { limit: 0 },
        { limit: limits.documentsPerPage + 1 },
        { limit: 1.5 },
        { tenant: "" },
        { collection: "unknown" },
        { filter: { term: "" } },
        { filter: { termPrefix: "" } },
        { filter: { number: "n", min: Number.NaN } },
        { filter: deep },
        { filter: wide },
        { after: { order: 1, value: 1 } },
        { after: { order: -1 } },
        { ordering: { by: { number: "n" }, direction: "ascending" }, after: { order: 1 } },
        { ordering: { by: { string: "s" }, direction: "ascending" }, after: { order: 1, value: 1 } },
      ];
      for (const change of bad) await expectRefused(store.documents.query({ ...query, ...change }), "INVALID");
      for (const id of ["", "a\nb", "\ud800", "x".repeat(limits.keyPartCharacters + 1)]) {
        await expectRefused(store.documents.get(keyOf(id)), "INVALID");
      }
      await expectRefused(store.documents.getMany(Array.from({ length: 1001 }, () => keyOf("x"))), "INVALID");
      await expectRefused(store.documents.count({ tenant, collection: items.name }, 0), "INVALID");
    });
  });
}

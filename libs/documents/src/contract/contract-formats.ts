import { type Clock, systemClock } from "@slipway/runtime";
import { expect } from "chai";
import type { CollectionDefinition, DocumentStore, JsonObject, Projection, Write } from "../document-store.ts";
import { type DocumentEngine, openAt } from "./contract-engine.ts";
import { commit, expectRefused, insert, items, keyOf, tenant } from "./contract-sample.ts";

/** The second format renames `title` to `name` and indexes it under another term. */
const first: CollectionDefinition = { ...items, project: ({ title }) => ({ terms: [`title=${String(title)}`] }) };
const second: CollectionDefinition = {
  ...items,
  formatVersion: 2,
  upgrade: ({ title, ...rest }, from) => ({ ...rest, name: title ?? null, from }),
  project: ({ name }): Projection => ({ terms: [`name=${String(name)}`] }),
};

/** Documents of several formats in one database, and outcomes over a restart. */
export function describeFormats(engine: DocumentEngine): void {
  describe("formats and restarts", () => {
    let location: string;
    let opened: DocumentStore[] = [];
    const open = async (definition: CollectionDefinition, clock: Clock = systemClock): Promise<DocumentStore> => {
      const { documents } = await openAt(engine, location, [definition], clock);
      opened.push(documents);
      return documents;
    };
    const found = async (store: DocumentStore, term: string): Promise<JsonObject[]> => {
      const page = await store.query({ tenant, collection: items.name, filter: { term }, limit: 1000 });
      return page.documents.map(({ body }) => body);
    };

    beforeEach(async () => {
      location = await engine.createLocation();
      opened = [];
    });
    afterEach(async () => {
      await Promise.all(opened.map((store) => store.close()));
      await engine.removeLocation(location);
    });

    it("upgrades older documents on read, and indexes them by the new definition", async () => {
      const old = await open(first);
      await commit(
        old,
        ...Array.from({ length: 600 }, (_, index) => insert(`doc-${index}`, { title: `t${index % 3}` })),
      );
      await old.close();
      const store = await open(second);
      expect((await store.get(keyOf("doc-0")))?.body).to.deep.equal({ name: "t0", from: 1 });
      expect((await store.get(keyOf("doc-0")))?.revision).to.equal(1);
      expect(await found(store, "name=t1")).to.have.lengthOf(200);
      expect(await found(store, "title=t1")).to.have.lengthOf(0);
      await commit(store, { kind: "replace", key: keyOf("doc-0"), revision: 1, body: { name: "new" } });
      expect((await store.get(keyOf("doc-0")))?.body).to.deep.equal({ name: "new" });
    });

    it("refuses a database that newer code has written, and leaves it as it is", async () => {
      const newer = await open(second);
      await commit(newer, insert("kept", { name: "kept" }));
      await expectRefused(open(first), "NEWER_FORMAT");
      expect((await newer.get(keyOf("kept")))?.body).to.deep.equal({ name: "kept" });
    });

    it("refuses older code that still runs, from the moment newer code has come", async () => {
      const old = await open(first);
      await commit(old, insert("before", { title: "before" }));
      const newer = await open(second);
      await commit(newer, { kind: "replace", key: keyOf("before"), revision: 1, body: { name: "after" } });
      await expectRefused(old.get(keyOf("before")), "NEWER_FORMAT");
      const blind: Write = { kind: "replace", key: keyOf("before"), revision: 2, body: { title: "damage" } };
      await expectRefused(commit(old, blind), "NEWER_FORMAT");
      await expectRefused(commit(old, insert("more", { title: "more" })), "NEWER_FORMAT");
      expect((await newer.get(keyOf("before")))?.body).to.deep.equal({ name: "after" });
      expect(await found(newer, "name=after")).to.have.lengthOf(1);
    });

    it("remembers outcomes over a restart for 24 hours", async () => {
      let nowMs = Date.UTC(2026, 0, 1);
      const clock: Clock = { nowMs: () => nowMs };
      const commitId = "0198c0de-0000-4000-8000-000000000001";
      const store = await open(items, clock);
      await store.commit([insert("once")], commitId);
      await commit(store, { kind: "delete", key: keyOf("once"), revision: 1 });
      await store.close();
      const again = await open(items, clock);
      nowMs += 24 * 60 * 60 * 1000 - 1;
      expect(await again.commit([insert("once")], commitId)).to.deep.equal({ committed: true, revisions: [1] });
      expect(await again.get(keyOf("once"))).to.equal(undefined);
    });

    it("keeps order keys unique and growing when the clock goes back", async () => {
      let nowMs = Date.UTC(2026, 0, 2);
      const store = await open(items, { nowMs: () => nowMs });
      const orders: number[] = [];
      for (const id of ["a", "b", "c"]) {
        await commit(store, insert(id));
        orders.push((await store.get(keyOf(id)))?.order ?? 0);
        nowMs -= 3_600_000;
      }
      expect(new Set(orders).size).to.equal(3);
    });
  });
}

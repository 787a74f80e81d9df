import { randomUUID } from "node:crypto";
import { systemClock } from "@slipway/runtime";
import { expect } from "chai";
import type { DocumentStore, Write } from "../document-store.ts";
import { type DocumentEngine, openAt } from "./contract-engine.ts";
import { StoreProcess } from "./contract-process.ts";
import { commit, expectRefused, insert, items, keyOf, tenant, useStore } from "./contract-sample.ts";

type Store = Pick<DocumentStore, "get" | "getMany" | "commit">;

/** What holds between instances: in one process, and in two. */
export function describeInstances(engine: DocumentEngine): void {
  describe("several instances", () => {
    const used = useStore(engine);
    let second: DocumentStore;
    let child: StoreProcess;
    const stores = (): Store[] => [used.documents, second, child];

    before(async () => {
      second = (await openAt(engine, used.location, [items], systemClock)).documents;
      child = await StoreProcess.start(engine, used.location);
    });
    after(async () => {
      await second.close();
      await child.kill();
    });

    it("see each other's acknowledged commits at once", async () => {
      for (const [index, writer] of stores().entries()) {
        await commit(writer, insert(`seen-${index}`, { index }));
        for (const reader of stores())
          expect((await reader.get(keyOf(`seen-${index}`)))?.body).to.deep.equal({ index });
      }
    });

    it("lose no increment of a counter that all of them change", async () => {
      await commit(used.documents, insert("counter", { value: 0 }));
      const key = keyOf("counter");
      const increment = async (store: Store): Promise<void> => {
        for (;;) {
          const found = await store.get(key);
          if (!found) throw new Error("the counter is gone");
          const body = { value: Number(found.body.value) + 1 };
          const outcome = await commit(store, { kind: "replace", key, revision: found.revision, body });
          if (outcome.committed) return;
        }
      };
      await Promise.all(
        stores().flatMap((store) => [increment(store), increment(store), increment(store), increment(store)]),
      );
      expect(await used.documents.get(key)).to.deep.include({ revision: 13, body: { value: 12 } });
    });

    it("let only one insert of a name succeed", async () => {
      for (let round = 0; round < 10; round += 1) {
        const outcomes = await Promise.all(stores().map((store) => commit(store, insert(`name-${round}`))));
        expect(outcomes.filter(({ committed }) => committed)).to.have.lengthOf(1);
      }
    });

    it("have no write skew: of two commits that check what the other changes, one fails", async () => {
      for (let round = 0; round < 20; round += 1) {
        const [left, right] = [`left-${round}`, `right-${round}`];
        await commit(used.documents, insert(left, { onCall: true }), insert(right, { onCall: true }));
        const leave = (store: Store, own: string, other: string) =>
          commit(
            store,
            { kind: "check", key: keyOf(other), revision: 1 },
            { kind: "replace", key: keyOf(own), revision: 1, body: { onCall: false } },
          );
        const pair = [stores()[round % 3], stores()[(round + 1) % 3]] as [Store, Store];
        const outcomes = await Promise.all([leave(pair[0], left, right), leave(pair[1], right, left)]);
        expect(
          outcomes.filter(({ committed }) => committed),
          "both or none went",
        ).to.have.lengthOf(1);
      }
    });

    it("have no write skew on absence either", async () => {
      for (let round = 0; round < 20; round += 1) {
        const claim = (store: Store, own: string, other: string) =>
          commit(store, { kind: "check", key: keyOf(`${other}-${round}`), revision: 0 }, insert(`${own}-${round}`));
        const outcomes = await Promise.all([claim(second, "claim-a", "claim-b"), claim(child, "claim-b", "claim-a")]);
        expect(outcomes.filter(({ committed }) => committed)).to.have.lengthOf(1);
      }
    });

    it("recognise a commit whose reply was lost, from any instance", async () => {
      const commitId = randomUUID();
      const writes: Write[] = [insert("lost", { value: 1 })];
      const unheard = used.documents.commit(writes, commitId);
      const retried = await Promise.all(stores().map((store) => store.commit(writes, commitId)));
      for (const outcome of [await unheard, ...retried]) {
        expect(outcome).to.deep.equal({ committed: true, revisions: [1] });
      }
      await expectRefused(child.commit([insert("other")], commitId), "INVALID");
    });

    it("give order keys that no two documents share", async () => {
      const ids = stores().map((_, index) => Array.from({ length: 50 }, (_entry, rank) => `shared-${index}-${rank}`));
      await Promise.all(
        stores().flatMap((store, index) =>
          (ids[index] ?? []).map((id) => commit(store, insert(id, {}, `tenant-${index}`))),
        ),
      );
      const page = await used.acrossTenants.query({ collection: items.name, limit: 1000 });
      const orders = page.documents.map(({ order }) => order);
      expect(new Set(orders).size).to.equal(orders.length);
      expect(orders.length).to.be.greaterThan(150);
    });

    it("refuse everything after close, and finish what was started", async () => {
      const closing = (await openAt(engine, used.location, [items], systemClock)).documents;
      const started = commit(closing, insert("started"));
      await closing.close();
      expect((await started).committed).to.equal(true);
      await expectRefused(closing.get(keyOf("started")), "UNAVAILABLE");
      await expectRefused(commit(closing, insert("behind")), "UNAVAILABLE");
      await expectRefused(closing.query({ tenant, collection: items.name, limit: 1 }), "UNAVAILABLE");
      await closing.close();
    });
  });
}

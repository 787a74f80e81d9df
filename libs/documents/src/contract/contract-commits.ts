import { randomUUID } from "node:crypto";
import { expect } from "chai";
import type { Write } from "../document-store.ts";
import { limits } from "../limits.ts";
import type { DocumentEngine } from "./contract-engine.ts";
import { commit, expectRefused, insert, keyOf, otherTenant, useStore } from "./contract-sample.ts";

/** What one instance promises about conditional commits. */
export function describeCommits(engine: DocumentEngine): void {
  describe("commits", () => {
    const store = useStore(engine);
    const revisionOf = async (id: string) => (await store.documents.get(keyOf(id)))?.revision;

    it("inserts, replaces and deletes under conditions, and counts revisions", async () => {
      const key = keyOf("life");
      expect(await store.documents.get(key)).to.equal(undefined);
      expect(await commit(store.documents, insert("life", { step: 1 }))).to.deep.equal({
        committed: true,
        revisions: [1],
      });
      const inserted = await store.documents.get(key);
      expect(inserted).to.deep.include({ key, revision: 1, body: { step: 1 } });
      const replaced = await commit(store.documents, { kind: "replace", key, revision: 1, body: { step: 2 } });
      expect(replaced).to.deep.equal({ committed: true, revisions: [2] });
      expect(await store.documents.get(key)).to.deep.equal({ ...inserted, revision: 2, body: { step: 2 } });
      const deleted = await commit(store.documents, { kind: "delete", key, revision: 2 });
      expect(deleted).to.deep.equal({ committed: true, revisions: [0] });
      expect(await store.documents.get(key)).to.equal(undefined);
      await commit(store.documents, insert("life"));
      expect(await revisionOf("life"), "inserted again").to.equal(1);
    });

    const cases: { name: string; write: (id: string) => Write; exists: boolean; reason: string }[] = [
      { name: "an insert of what exists", write: (id) => insert(id), exists: true, reason: "ALREADY_EXISTS" },
      {
        name: "a replace of what is absent",
        write: (id) => ({ kind: "replace", key: keyOf(id), revision: 1, body: {} }),
        exists: false,
        reason: "NOT_FOUND",
      },
      {
        name: "a replace of another revision",
        write: (id) => ({ kind: "replace", key: keyOf(id), revision: 2, body: {} }),
        exists: true,
        reason: "REVISION_MISMATCH",
      },
      {
        name: "a delete of what is absent",
        write: (id) => ({ kind: "delete", key: keyOf(id), revision: 1 }),
        exists: false,
        reason: "NOT_FOUND",
      },
      {
        name: "a delete of another revision",
        write: (id) => ({ kind: "delete", key: keyOf(id), revision: 2 }),
        exists: true,
        reason: "REVISION_MISMATCH",
      },
      {
        name: "a check of what is absent",
        write: (id) => ({ kind: "check", key: keyOf(id), revision: 1 }),
        exists: false,
        reason: "NOT_FOUND",
      },
      {
        name: "a check of another revision",
        write: (id) => ({ kind: "check", key: keyOf(id), revision: 2 }),
        exists: true,
        reason: "REVISION_MISMATCH",
      },
      {
        name: "a check that nothing exists",
        write: (id) => ({ kind: "check", key: keyOf(id), revision: 0 }),
        exists: true,
        reason: "REVISION_MISMATCH",
      },
    ];
    for (const { name, write, exists, reason } of cases) {
      it(`refuses ${name}: nothing of the commit is written`, async () => {
        const id = randomUUID();
        if (exists) await commit(store.documents, insert(id));
        const outcome = await commit(store.documents, insert(`${id}-before`), write(id), insert(`${id}-behind`));
        expect(outcome).to.deep.equal({ committed: false, failedWrite: 1, reason });
        expect(await revisionOf(`${id}-before`)).to.equal(undefined);
        expect(await revisionOf(`${id}-behind`)).to.equal(undefined);
        expect(await revisionOf(id)).to.equal(exists ? 1 : undefined);
      });
    }

    it("checks without changing anything", async () => {
      await commit(store.documents, insert("checked"));
      const outcome = await commit(
        store.documents,
        { kind: "check", key: keyOf("checked"), revision: 1 },
        { kind: "check", key: keyOf("nowhere"), revision: 0 },
        insert("beside"),
      );
      expect(outcome).to.deep.equal({ committed: true, revisions: [1, 0, 1] });
      expect(await revisionOf("checked")).to.equal(1);
    });

    it("succeeds or fails alone among commits that arrive together", async () => {
      const ids = Array.from({ length: 60 }, (_, index) => `together-${index}`);
      const outcomes = await Promise.all(
        ids.map((id, index) => commit(store.documents, insert(id), insert(`together-shared-${index % 10}`))),
      );
      expect(outcomes.filter((outcome) => outcome.committed)).to.have.lengthOf(10);
      const found = await store.documents.getMany(ids.map((id) => keyOf(id)));
      expect(found.map((document) => document !== undefined)).to.deep.equal(outcomes.map(({ committed }) => committed));
    });

    it("keeps tenants apart", async () => {
      await commit(store.documents, insert("mine"));
      expect(await store.documents.get(keyOf("mine", otherTenant))).to.equal(undefined);
      expect((await commit(store.documents, insert("mine", {}, otherTenant))).committed).to.equal(true);
    });

    it("gives order keys that are unique and grow within a commit", async () => {
      const ids = Array.from({ length: 300 }, (_, index) => `order-${index}`);
      await commit(store.documents, ...ids.slice(0, 200).map((id) => insert(id)));
      await Promise.all(ids.slice(200).map((id) => commit(store.documents, insert(id))));
      const orders = (await store.documents.getMany(ids.map((id) => keyOf(id)))).map((found) => found?.order ?? 0);
      expect(new Set(orders).size).to.equal(300);
      expect(orders.slice(0, 200)).to.deep.equal(orders.slice(0, 200).toSorted((left, right) => left - right));
      expect(orders.every((order) => Number.isSafeInteger(order))).to.equal(true);
    });

    it("returns the first outcome for a commit id that comes again", async () => {
      const commitId = randomUUID();
      const writes = [insert("again", { value: 1 })];
      const first = await store.documents.commit(writes, commitId);
      await commit(store.documents, { kind: "delete", key: keyOf("again"), revision: 1 });
      expect(await store.documents.commit(writes, commitId)).to.deep.equal(first);
      expect(await revisionOf("again"), "written a second time").to.equal(undefined);
    });

    it("returns the first outcome also where it was a refusal", async () => {
      const commitId = randomUUID();
      const writes: Write[] = [{ kind: "replace", key: keyOf("late"), revision: 1, body: {} }];
      const first = await store.documents.commit(writes, commitId);
      await commit(store.documents, insert("late"));
      expect(await store.documents.commit(writes, commitId)).to.deep.equal(first);
      expect(await revisionOf("late")).to.equal(1);
    });

    it("refuses a commit id that comes again with other writes", async () => {
      const commitId = randomUUID();
      await store.documents.commit([insert("first")], commitId);
      await expectRefused(store.documents.commit([insert("second")], commitId), "INVALID");
      await expectRefused(store.documents.commit([insert("first", { more: true })], commitId), "INVALID");
      expect(await revisionOf("second")).to.equal(undefined);
    });

    it("commits once where one id is sent many times at once", async () => {
      const commitId = randomUUID();
      const sent = Array.from({ length: 20 }, () => store.documents.commit([insert("burst")], commitId));
      for (const outcome of await Promise.all(sent)) expect(outcome).to.deep.equal({ committed: true, revisions: [1] });
    });

    it("refuses commits that make no sense", async () => {
      const twice = [insert("twice"), insert("twice")];
      const many = Array.from({ length: limits.writesPerCommit + 1 }, (_, index) => insert(`many-${index}`));
      const bad: Write[] = [{ kind: "replace", key: keyOf("zero"), revision: 0, body: {} }];
      const unknown: Write[] = [{ kind: "insert", key: { ...keyOf("x"), collection: "unknown" }, body: {} }];
      for (const writes of [twice, many, bad, unknown, []])
        await expectRefused(commit(store.documents, ...writes), "INVALID");
      await expectRefused(store.documents.commit([insert("x")], "not-a-uuid"), "INVALID");
      expect(await revisionOf("twice")).to.equal(undefined);
    });

    it("answers getMany in the order asked, with gaps", async () => {
      await commit(store.documents, insert("one", { n: 1 }), insert("two", { n: 2 }));
      const found = await store.documents.getMany([keyOf("two"), keyOf("none"), keyOf("one"), keyOf("two")]);
      expect(found.map((document) => document?.body.n)).to.deep.equal([2, undefined, 1, 2]);
      expect(await store.documents.getMany([])).to.deep.equal([]);
    });
  });
}

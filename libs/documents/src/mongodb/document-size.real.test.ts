import { expect } from "chai";
import { mongoEngine } from "../contract/contract-mongodb.ts";
import { commit, expectRefused, insert, keyOf, useStore } from "../contract/contract-sample.ts";

describe("the size of a document in MongoDB", () => {
  const store = useStore(mongoEngine);

  it("may be near 16 MiB, and is refused above, also where terms make it so, beside commits that go on", async () => {
    const near = { text: "字".repeat(5 * 1024 * 1024) };
    expect((await commit(store.documents, insert("near", near))).committed).to.equal(true);
    expect((await store.documents.get(keyOf("near")))?.body).to.deep.equal(near);
    const above = { text: "字".repeat(6 * 1024 * 1024) };
    const terms = Array.from({ length: 4096 }, (_, index) => `${index}`.padEnd(4600, "t"));
    const [beside] = await Promise.all([
      commit(store.documents, insert("beside")),
      expectRefused(commit(store.documents, insert("above", above)), "INVALID"),
      expectRefused(commit(store.documents, insert("terms", { projection: { terms } })), "INVALID"),
    ]);
    expect(beside?.committed).to.equal(true);
  });
});

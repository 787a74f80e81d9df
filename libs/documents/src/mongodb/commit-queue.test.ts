import { expect } from "chai";
import type { CommitOutcome } from "../document-store.ts";
import type { PreparedCommit } from "../prepared-commit.ts";
import { CommitQueue } from "./commit-queue.ts";

const done: CommitOutcome = { committed: true, revisions: [] };

let count = 0;

function commitOf(kind: "check" | "delete", ids: string[]): PreparedCommit {
  count += 1;
  const writes = ids.map((id) => ({ kind, tenant: "t", collection: "c", id, revision: 1 }));
  return { commitId: `${count}`, fingerprint: "", nowMs: 0, writes };
}

/** A commit that changes these documents. */
const touching = (...ids: string[]) => commitOf("delete", ids);

/** A commit that only checks these documents. */
const checking = (...ids: string[]) => commitOf("check", ids);

describe("CommitQueue", () => {
  /** What was run so far, group by group, and how each group is ended. */
  let groups: { ids: string[]; end(): void }[];
  let queue: CommitQueue;
  beforeEach(() => {
    groups = [];
    queue = new CommitQueue((requests) => {
      const ended = Promise.withResolvers<PromiseSettledResult<CommitOutcome>[]>();
      const ids = requests.flatMap(({ writes }) => writes.map(({ id }) => id));
      groups.push({ ids, end: () => ended.resolve(requests.map(() => ({ status: "fulfilled", value: done }))) });
      return ended.promise;
    });
  });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const names = () => groups.map(({ ids }) => ids.join(" "));

  it("groups what comes in one turn of the event loop, and starts what comes later beside it", async () => {
    const commits = [queue.add(touching("a")), queue.add(touching("b"))];
    await turn();
    commits.push(queue.add(touching("c")));
    await turn();
    expect(names()).to.deep.equal(["a b", "c"]);
    for (const { end } of groups) end();
    expect(await Promise.all(commits)).to.deep.equal([done, done, done]);
  });

  it("never has two commits of one document under way, and keeps their order", async () => {
    const commits = [touching("a"), touching("a", "b"), touching("b"), touching("c")].map((request) =>
      queue.add(request),
    );
    await turn();
    expect(names()).to.deep.equal(["a c"]);
    groups[0]?.end();
    await commits[0];
    expect(names()).to.deep.equal(["a c", "a b"]);
    groups[1]?.end();
    await commits[1];
    expect(names()).to.deep.equal(["a c", "a b", "b"]);
    groups[2]?.end();
    await Promise.all(commits);
  });

  it("lets commits that only check a document share a group, and nobody overtake one that changes it", async () => {
    const commits = [checking("a", "b"), checking("a"), touching("a"), checking("a"), checking("b")].map((request) =>
      queue.add(request),
    );
    await turn();
    expect(names()).to.deep.equal(["a b a b"]);
    groups[0]?.end();
    await commits[0];
    expect(names()).to.deep.equal(["a b a b", "a"]);
    groups[1]?.end();
    await commits[2];
    expect(names()).to.deep.equal(["a b a b", "a", "a"]);
    groups[2]?.end();
    await Promise.all(commits);
  });

  it("lets what comes meanwhile gather while enough groups are under way", async () => {
    const commits: Promise<CommitOutcome>[] = [];
    for (const id of ["a", "b", "c", "d", "e", "f"]) {
      commits.push(queue.add(touching(id)));
      await turn();
    }
    expect(names()).to.deep.equal(["a", "b", "c", "d"]);
    groups[2]?.end();
    await commits[2];
    expect(names()).to.deep.equal(["a", "b", "c", "d", "e f"]);
    for (const { end } of groups) end();
    await Promise.all(commits);
  });

  it("rejects every commit of a group that cannot be run", async () => {
    const failing = new CommitQueue(() => Promise.reject(new Error("away")));
    const results = await Promise.allSettled([failing.add(touching("a")), failing.add(touching("b"))]);
    expect(results.map(({ status }) => status)).to.deep.equal(["rejected", "rejected"]);
  });
});

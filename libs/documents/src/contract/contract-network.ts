import { randomUUID } from "node:crypto";
import { type FaultyProxy, seededRandom, type Verdict } from "@slipway/runtime/testing";
import { expect } from "chai";
import { type CommitOutcome, type DocumentStore, DocumentStoreError, type Write } from "../document-store.ts";
import { insert, items, keyOf, tenant } from "./contract-sample.ts";

/** An engine whose server is behind a network that fails; only engines with a server have one. */
export interface NetworkEngine {
  /** A proxy before the server that the engine's tests share. */
  startProxy(): Promise<FaultyProxy>;
  openThrough(proxy: FaultyProxy, database: string): Promise<{ documents: DocumentStore; missing(): string[] }>;
  removeDatabase(database: string): Promise<void>;
  /** Whether a piece from a client holds a request that writes or commits. */
  isCommit(bytes: Buffer): boolean;
}

type Opened = Awaited<ReturnType<NetworkEngine["openThrough"]>>;

/** Callers of each instance, and what each of them commits. */
const callers = 4;
const commitsPerCaller = 25;
/** Of the pieces that hold a commit. */
const cutShare = 0.15;
/** How often all connections are closed. */
const cutRounds = 20;

const seed = Number(process.env.SLIPWAY_TEST_SEED ?? Date.now() % 1_000_000);

/** What holds while connections are cut, stalled and refused. */
export function describeNetworkFaults(name: string, engine: NetworkEngine): void {
  describe(`DocumentStore on a failing network: ${name}`, () => {
    let database: string;
    let instances: { proxy: FaultyProxy; store: Opened }[];
    beforeEach(async () => {
      database = `slipway-test-${randomUUID()}`;
      instances = [];
      for (let index = 0; index < 2; index += 1) {
        const proxy = await engine.startProxy();
        instances.push({ proxy, store: await engine.openThrough(proxy, database) });
      }
    });
    afterEach(async () => {
      await Promise.all(instances.map(({ store }) => store.documents.close()));
      await Promise.all(instances.map(({ proxy }) => proxy.close()));
      await engine.removeDatabase(database);
    });
    const first = () => instances[0] as (typeof instances)[number];

    it(`gives each commit one outcome where connections are cut in its middle (SLIPWAY_TEST_SEED=${seed})`, async () => {
      const random = seededRandom(seed);
      let cuts = 0;
      const judge: FaultyProxy["judge"] = ({ bytes, direction }): Verdict => {
        if (direction === "down" ? random() > 0.01 : !engine.isCommit(bytes) || random() > cutShare) return "pass";
        cuts += 1;
        // Before it, within it, or behind it, so that only the reply is lost.
        return { cutAfterBytes: Math.floor(bytes.length * Math.min(1, random() * 1.5)) };
      };
      await first().store.documents.commit([insert("shared", { value: 0 })], randomUUID());
      for (const { proxy } of instances) proxy.judge = judge;
      const outcomes = await Promise.all(
        instances.flatMap(({ store }, instance) =>
          Array.from({ length: callers }, (_, caller) => commitMany(store.documents, `${instance}-${caller}`)),
        ),
      );
      for (const { proxy } of instances) proxy.judge = () => "pass";
      expect(cuts, "nothing was cut").to.be.greaterThan(10);
      const { documents } = first().store;
      const sent = outcomes.flat();
      for (const { writes, commitId, outcome } of sent) {
        expect(await documents.commit(writes, commitId), "asked again").to.deep.equal(outcome);
      }
      for (const [id, revision] of expectedRevisions(sent)) {
        expect((await documents.get(keyOf(id)))?.revision ?? 0, id).to.equal(revision);
      }
    });

    it("fails fast while connections are refused, says so, and goes on by itself", async () => {
      const { proxy, store } = first();
      await proxy.refuse();
      await untilAsync(async () => (await failureOf(store.documents.get(keyOf("x")))) === "UNAVAILABLE");
      expect(await failureOf(store.documents.commit([insert("x")], randomUUID()))).to.equal("UNAVAILABLE");
      await untilAsync(async () => store.missing().length === 1);
      await proxy.accept();
      await untilAsync(async () => (await failureOf(store.documents.get(keyOf("x")))) === undefined);
      await untilAsync(async () => store.missing().length === 0);
    });

    it("gives up on a network that swallows everything, and asks again later with the same outcome", async () => {
      const { proxy, store } = first();
      const writes = [insert("swallowed")];
      const commitId = randomUUID();
      proxy.judge = ({ bytes, direction }) => {
        // Only the reply is swallowed.
        if (direction === "up" && engine.isCommit(bytes)) setImmediate(() => proxy.stall());
        return "pass";
      };
      expect(await failureOf(store.documents.commit(writes, commitId))).to.equal("UNAVAILABLE");
      proxy.judge = () => "pass";
      proxy.resume();
      const outcome = await untilCommitted(store.documents, writes, commitId);
      expect(outcome).to.deep.equal({ committed: true, revisions: [1] });
      expect((await store.documents.get(keyOf("swallowed")))?.revision).to.equal(1);
    });

    it("answers or refuses what is asked for in the very moment in which its connections are closed", async () => {
      const { proxy, store } = first();
      const ask = () => failureOf(store.documents.query({ tenant, collection: items.name, limit: 1 }));
      for (let round = 0; round < cutRounds; round += 1) {
        // Connections that rest are what a request is given.
        await Promise.all(Array.from({ length: 4 }, ask));
        proxy.cut();
        const asked: Promise<unknown>[] = [];
        for (let turn = 0; turn < 20; turn += 1) {
          await new Promise((resolve) => setImmediate(resolve));
          asked.push(ask());
        }
        for (const failure of await Promise.all(asked)) expect(failure).to.be.oneOf([undefined, "UNAVAILABLE"]);
      }
    });

    it("opens before its server is there", async () => {
      const proxy = await engine.startProxy();
      await proxy.refuse();
      const store = await engine.openThrough(proxy, database);
      try {
        expect(store.missing()).to.have.lengthOf(1);
        expect(await failureOf(store.documents.query({ tenant, collection: items.name, limit: 1 }))).to.equal(
          "UNAVAILABLE",
        );
        await proxy.accept();
        await untilAsync(async () => store.missing().length === 0);
        expect((await store.documents.commit([insert("late")], randomUUID())).committed).to.equal(true);
      } finally {
        await store.documents.close();
        await proxy.close();
      }
    });
  });
}

interface Sent {
  writes: Write[];
  commitId: string;
  outcome: CommitOutcome;
}

/** A caller that inserts a pair of documents in each commit and changes one that all of them share. */
async function commitMany(documents: DocumentStore, caller: string): Promise<Sent[]> {
  const sent: Sent[] = [];
  for (let index = 0; sent.length < commitsPerCaller; index += 1) {
    const shared = await untilAnswered(() => documents.get(keyOf("shared")));
    const revision = shared?.revision ?? 0;
    const writes: Write[] = [insert(`${caller}-${index}-left`), insert(`${caller}-${index}-right`)];
    if (index % 3 === 0) writes.push({ kind: "replace", key: keyOf("shared"), revision, body: { value: index } });
    const commitId = randomUUID();
    sent.push({ writes, commitId, outcome: await untilCommitted(documents, writes, commitId) });
  }
  return sent;
}

/** Revisions as they must be where every committed write was carried out once, and no other. */
function expectedRevisions(sent: Sent[]): Map<string, number> {
  const revisions = new Map([["shared", 1]]);
  for (const { writes, outcome } of sent) {
    for (const { key } of writes) revisions.set(key.id, (revisions.get(key.id) ?? 0) + (outcome.committed ? 1 : 0));
  }
  return revisions;
}

function untilCommitted(documents: DocumentStore, writes: Write[], commitId: string): Promise<CommitOutcome> {
  return untilAnswered(() => documents.commit(writes, commitId));
}

/** Longer than any test may take, so that nobody goes on asking a store that was closed behind it. */
const patienceMs = 180_000;

/** Asks again after every UNAVAILABLE. */
async function untilAnswered<Value>(ask: () => Promise<Value>): Promise<Value> {
  const startMs = performance.now();
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const isAway = error instanceof DocumentStoreError && error.kind === "UNAVAILABLE";
      if (!isAway || performance.now() - startMs > patienceMs) throw error;
      await pause();
    }
  }
}

async function failureOf(promise: Promise<unknown>): Promise<string | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    if (error instanceof DocumentStoreError) return error.kind;
    throw error;
  }
}

async function untilAsync(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause();
}

/** Lets everything else go on, also where the answer comes at once. */
function pause(): Promise<unknown> {
  return new Promise((resolve) => setTimeout(resolve, 10));
}

import { type DocumentStore, PLATFORM } from "@slipway/documents";
import { type Clock, silentLogger, systemClock, systemIds } from "@slipway/runtime";
import { expect } from "chai";
import {
  changeOf,
  createFolder,
  type Database,
  everyEvent,
  openDatabase,
  record,
  tenants,
  until,
} from "./contract/contract-sample.ts";
import { createEmbeddedEventBus } from "./embedded.ts";
import { notifyingDocuments } from "./notifying-documents.ts";
import { Numbering } from "./numbering.ts";
import { createSequencer, type SequencerOptions } from "./sequencer.ts";

describe("sequencer", () => {
  let database: Database;
  let place: Awaited<ReturnType<typeof createFolder>>;
  let nowMs: number;
  const clock: Clock = { nowMs: () => nowMs };

  beforeEach(async () => {
    place = await createFolder();
    database = await openDatabase(place.folder);
    nowMs = systemClock.nowMs();
  });
  afterEach(async () => {
    await database.documents.close();
    await place.remove();
  });

  const numbering = (holder: string, documents = database.documents) => {
    const { acrossTenants } = database;
    return new Numbering({ documents, acrossTenants, clock, ids: systemIds, holder, leaseMs: 1_000 });
  };
  const options = (): SequencerOptions => ({
    ...database,
    bus: createEmbeddedEventBus({ log: silentLogger }),
    clock: systemClock,
    ids: systemIds,
    log: silentLogger,
  });

  it("numbers densely over the database and per tenant, in the order of the commits", async () => {
    const subjects: string[] = [];
    for (let index = 0; index < 30; index += 1) {
      const change = changeOf(index % 7, `a-${index}`);
      await record(database, change);
      subjects.push(`tenants/${change.tenant}/${change.subject}`);
    }
    expect((await numbering("a").next()).result).to.equal("NUMBERED");
    const events = await everyEvent(database);
    expect(events.map(({ subject }) => subject)).to.deep.equal(subjects);
    expect(events.map(({ sequence }) => Number(sequence))).to.deep.equal(subjects.map((_, index) => index + 1));
    for (const { tenant } of tenants) {
      const positions = events.filter((event) => event.tenant === tenant).map(({ position }) => Number(position));
      expect(positions).to.deep.equal(positions.map((_, index) => index + 1));
    }
    expect((await numbering("a").next()).result).to.equal("IDLE");
  });

  it("returns the numbered events as they are stored", async () => {
    await record(database, changeOf(1, "returned"));
    const numbered = await numbering("a").next();
    expect(numbered.result === "NUMBERED" && numbered.events).to.deep.equal(await everyEvent(database));
  });

  it("lets one of two work, until its lease ends", async () => {
    const [a, b] = [numbering("a"), numbering("b")];
    await record(database, changeOf(0, "one"));
    expect((await a.next()).result).to.equal("NUMBERED");
    await record(database, changeOf(0, "two"));
    expect((await b.next()).result).to.equal("ELSEWHERE");
    nowMs += 1_000;
    expect((await b.next()).result).to.equal("NUMBERED");
    await record(database, changeOf(0, "three"));
    expect((await a.next()).result).to.equal("ELSEWHERE");
    await a.releaseLease();
    expect((await a.next()).result, "released by who does not hold it").to.equal("ELSEWHERE");
    await b.releaseLease();
    expect((await a.next()).result).to.equal("NUMBERED");
  });

  it("refuses the late write of one that was frozen for longer than its lease", async () => {
    for (let index = 0; index < 5; index += 1) await record(database, changeOf(index, `frozen-${index}`));
    const frozen = frozenBeforeNumbering(database.documents);
    const late = numbering("a", frozen.documents).next();
    await frozen.reached;
    nowMs += 2_000;
    expect((await numbering("b").next()).result).to.equal("NUMBERED");
    const before = await everyEvent(database);
    frozen.thaw();
    expect((await late).result).to.equal("ELSEWHERE");
    expect(await everyEvent(database)).to.deep.equal(before);
  });

  it("numbers what two sequencers and many writers race for exactly once", async () => {
    const second = await openDatabase(place.folder);
    const sequencers = [createSequencer(options()), createSequencer({ ...options(), ...second })];
    for (const sequencer of sequencers) sequencer.start();
    const stores = [database, second].map(({ documents }, index) =>
      notifyingDocuments(documents, () => sequencers[index]?.notify()),
    );
    const count = 1_500;
    await Promise.all(
      Array.from({ length: 10 }, async (_, writer) => {
        for (let index = writer; index < count; index += 10) {
          await record({ documents: stores[index % 2] as DocumentStore }, changeOf(index, `race-${index}`));
        }
      }),
    );
    await until(async () => (await everyEvent(database)).length === count);
    await Promise.all(sequencers.map((sequencer) => sequencer.stop()));
    const events = await everyEvent(database);
    expect(events.map(({ sequence }) => Number(sequence))).to.deep.equal(events.map((_, index) => index + 1));
    expect(new Set(events.map(({ subject }) => subject)).size).to.equal(count);
    await second.documents.close();
  });

  it("publishes what it numbered, wakes on notify and finds by itself what nobody told", async () => {
    const bus = createEmbeddedEventBus({ log: silentLogger });
    let wakes = 0;
    bus.subscribe(["thing"], () => {
      wakes += 1;
    });
    const sequencer = createSequencer({ ...options(), bus, pollMs: 20 });
    sequencer.start();
    await record(database, changeOf(0, "untold"));
    await until(() => wakes > 0);
    expect(await everyEvent(database)).to.have.lengthOf(1);
    await sequencer.stop();
  });

  it("numbers what is left when it is stopped, and leaves the lease free", async () => {
    const sequencer = createSequencer({ ...options(), pollMs: 60_000 });
    sequencer.start();
    await record(database, changeOf(0, "left"));
    await sequencer.stop();
    expect(await everyEvent(database)).to.have.lengthOf(1);
    await record(database, changeOf(0, "next"));
    expect((await numbering("b").next()).result).to.equal("NUMBERED");
  });

  it("goes on when the bus is away", async () => {
    const bus = { ...createEmbeddedEventBus({ log: silentLogger }), publish: () => Promise.reject(new Error("away")) };
    const sequencer = createSequencer({ ...options(), bus });
    sequencer.start();
    for (let index = 0; index < 3; index += 1) {
      await record(database, changeOf(0, `away-${index}`));
      sequencer.notify();
      await until(async () => (await everyEvent(database)).length === index + 1);
    }
    await sequencer.stop();
  });
});

/** A store whose first numbering commit waits until it is thawed, as a frozen process would. */
function frozenBeforeNumbering(store: DocumentStore) {
  const reached = Promise.withResolvers<void>();
  const thawed = Promise.withResolvers<void>();
  const documents: DocumentStore = {
    ...notifyingDocuments(store, () => undefined),
    commit: async (writes, commitId) => {
      if (writes.some(({ key }) => key.tenant === PLATFORM)) {
        reached.resolve();
        await thawed.promise;
      }
      return store.commit(writes, commitId);
    },
  };
  return { documents, reached: reached.promise, thaw: () => thawed.resolve() };
}

import { type DocumentKey, PLATFORM, type Write } from "@slipway/documents";
import type { Event } from "@slipway/gen/slipway/event/v1/event_pb.js";
import { silentLogger, systemClock, systemIds } from "@slipway/runtime";
import { expect } from "chai";
import { type ConsumerOptions, createConsumer, type OneByOne } from "./consumer.ts";
import { ConsumerProgress, consumersCollection } from "./consumer-progress.ts";
import { changeOf, createFolder, type Database, openDatabase, record, until } from "./contract/contract-sample.ts";
import { createEmbeddedEventBus } from "./embedded.ts";
import type { EventBus } from "./event-bus.ts";
import { EventReader } from "./event-reader.ts";
import { ownEvents } from "./event-source.ts";
import { createSequencer, type Sequencer } from "./sequencer.ts";

describe("consumer", () => {
  let database: Database;
  let place: Awaited<ReturnType<typeof createFolder>>;
  let bus: EventBus;
  let sequencer: Sequencer;

  beforeEach(async () => {
    place = await createFolder();
    database = await openDatabase(place.folder);
    bus = createEmbeddedEventBus({ log: silentLogger });
    sequencer = createSequencer({ ...database, bus, clock: systemClock, ids: systemIds, log: silentLogger });
    sequencer.start();
  });
  afterEach(async () => {
    await sequencer.stop();
    await database.documents.close();
    await place.remove();
  });

  async function recordMany(names: string[], type?: string): Promise<void> {
    for (const [index, name] of names.entries()) await record(database, changeOf(index, name, type));
    sequencer.notify();
  }
  function consumerOf(one: OneByOne["one"], change: Partial<ConsumerOptions> = {}) {
    const { documents, acrossTenants } = database;
    const source = ownEvents("things", new EventReader(documents, acrossTenants));
    const pauses = { pollMs: 60_000, retry: { firstMs: 1, longestMs: 5 } };
    return createConsumer({
      name: "test",
      source,
      types: [],
      handling: { one },
      documents,
      bus,
      ids: systemIds,
      log: silentLogger,
      ...pauses,
      ...change,
    });
  }
  const nameOf = (event: Event): string => event.subject.split("/").at(-1) ?? "";
  const progress = () => new ConsumerProgress(database.documents, systemIds, "test", "things").load();

  it("gets every event of every tenant in order, those before its start and those after", async () => {
    const seen: string[] = [];
    await recordMany(["a", "b", "c"]);
    const consumer = consumerOf(async (event) => void seen.push(nameOf(event)));
    consumer.start();
    await until(() => seen.length === 3);
    await recordMany(["d", "e"]);
    await until(() => seen.length === 5);
    await consumer.stop();
    expect(seen).to.deep.equal(["a", "b", "c", "d", "e"]);
    expect(await progress()).to.equal(5);
  });

  it("goes on where it stopped", async () => {
    const seen: string[] = [];
    await recordMany(["a", "b"]);
    const first = consumerOf(async (event) => void seen.push(nameOf(event)));
    first.start();
    await until(() => seen.length === 2);
    await first.stop();
    await recordMany(["c"]);
    const second = consumerOf(async (event) => void seen.push(nameOf(event)));
    second.start();
    await until(() => seen.length >= 3);
    await second.stop();
    expect(seen).to.deep.equal(["a", "b", "c"]);
  });

  it("gives a failed event again and skips none", async () => {
    const seen: string[] = [];
    let failures = 4;
    await recordMany(["a", "b", "c"]);
    const consumer = consumerOf(async (event) => {
      if (nameOf(event) === "b" && failures > 0) {
        failures -= 1;
        throw new Error("not yet");
      }
      seen.push(nameOf(event));
    });
    consumer.start();
    await until(() => seen.length === 3);
    await consumer.stop();
    expect(seen).to.deep.equal(["a", "b", "c"]);
    expect(failures).to.equal(0);
  });

  it("stops while an event fails, without losing it", async () => {
    await recordMany(["a", "b"]);
    let attempts = 0;
    const failing = consumerOf(async (event) => {
      if (nameOf(event) === "b") {
        attempts += 1;
        throw new Error("never");
      }
    });
    failing.start();
    await until(() => attempts > 2);
    await failing.stop();
    expect(await progress()).to.equal(1);
    const seen: string[] = [];
    const healthy = consumerOf(async (event) => void seen.push(nameOf(event)));
    healthy.start();
    await until(() => seen.length === 1);
    await healthy.stop();
    expect(seen).to.deep.equal(["b"]);
  });

  it("finds events without any wake", async () => {
    const seen: string[] = [];
    const deaf = createEmbeddedEventBus({ log: silentLogger });
    const consumer = consumerOf(async (event) => void seen.push(nameOf(event)), { bus: deaf, pollMs: 10 });
    consumer.start();
    await recordMany(["a"]);
    await until(() => seen.length === 1);
    await consumer.stop();
  });

  it("handles only the types that it names", async () => {
    const seen: string[] = [];
    await recordMany(["a", "b"], "slipway.thing.created");
    await recordMany(["c"], "slipway.other.created");
    await recordMany(["d"], "slipway.thing.deleted");
    const types = ["slipway.thing.deleted", "slipway.other.created"];
    const consumer = consumerOf(async (event) => void seen.push(nameOf(event)), { types });
    consumer.start();
    await until(() => seen.length === 2);
    await recordMany(["e", "f"], "slipway.other.created");
    await until(() => seen.length === 4);
    await consumer.stop();
    expect(seen).to.deep.equal(["c", "d", "e", "f"]);
  });

  it("outlives a source that is away", async () => {
    const { documents, acrossTenants } = database;
    const source = ownEvents("things", new EventReader(documents, acrossTenants));
    let away = 3;
    const seen: string[] = [];
    await recordMany(["a"]);
    const flaky: ConsumerOptions["source"] = {
      name: "things",
      list: async (...call) => {
        away -= 1;
        if (away >= 0) throw new Error("away");
        return source.list(...call);
      },
    };
    const consumer = consumerOf(async (event) => void seen.push(nameOf(event)), { source: flaky });
    consumer.start();
    await until(() => seen.length === 1);
    await consumer.stop();
  });

  it("handles together what gathers, gives all of it again after a failure, and skips none", async () => {
    const batches: string[][] = [];
    let failures = 2;
    await recordMany(["a", "b", "c"]);
    const handling = {
      gatherMs: 5,
      together: async (events: readonly Event[]) => {
        batches.push(events.map(nameOf));
        failures -= 1;
        if (failures >= 0) throw new Error("not yet");
        return [];
      },
    };
    const consumer = consumerOf(async () => {}, { handling });
    consumer.start();
    await until(() => batches.length === 3);
    await recordMany(["d"]);
    await until(() => batches.length === 4);
    await consumer.stop();
    expect(batches).to.deep.equal([["a", "b", "c"], ["a", "b", "c"], ["a", "b", "c"], ["d"]]);
    expect(await progress()).to.equal(4);
  });

  it("lets what is handled together take effect once, also where one process is frozen while another goes on", async () => {
    await recordMany(["a"]);
    const key: DocumentKey = { tenant: PLATFORM, collection: consumersCollection.name, id: "effect" };
    const insert: Write = { kind: "insert", key, body: {} };
    const planned = Promise.withResolvers<void>();
    const frozen = Promise.withResolvers<void>();
    const plans: string[][] = [];
    const late = async (events: readonly Event[]) => {
      plans.push(events.map(nameOf));
      planned.resolve();
      await frozen.promise;
      return [insert];
    };
    const slow = consumerOf(async () => {}, { handling: { gatherMs: 0, together: late } });
    slow.start();
    await planned.promise;
    const quick = consumerOf(async () => {}, { handling: { gatherMs: 0, together: async () => [insert] } });
    quick.start();
    await until(async () => (await database.documents.get(key)) !== undefined);
    await quick.stop();
    // As a later event would: so nothing but the progress keeps the late write out.
    await database.documents.commit([{ kind: "delete", key, revision: 1 }], systemIds.uid());
    await recordMany(["b"]);
    frozen.resolve();
    await until(() => plans.length === 2);
    await until(async () => (await progress()) === 2);
    await slow.stop();
    expect(plans).to.deep.equal([["a"], ["b"]]);
    expect((await database.documents.get(key))?.revision, "the effect of b alone").to.equal(1);
  });

  it("writes nothing and does not move on where the condition of a write does not hold", async () => {
    const key: DocumentKey = { tenant: PLATFORM, collection: consumersCollection.name, id: "missing" };
    const one = new ConsumerProgress(database.documents, systemIds, "test", "things");
    expect(await one.saveWith([{ kind: "delete", key, revision: 1 }], { from: 0, to: 3 })).to.equal(false);
    expect(await progress()).to.equal(0);
    expect(await one.saveWith([{ kind: "insert", key, body: {} }], { from: 0, to: 3 })).to.equal(true);
    expect(await one.saveWith([{ kind: "delete", key, revision: 1 }], { from: 2, to: 4 })).to.equal(false);
    expect(await progress()).to.equal(3);
    expect((await database.documents.get(key))?.revision).to.equal(1);
  });

  it("never moves its progress back, where two processes run it", async () => {
    const ahead = new ConsumerProgress(database.documents, systemIds, "test", "things");
    const behind = new ConsumerProgress(database.documents, systemIds, "test", "things");
    expect(await ahead.save(10)).to.equal(10);
    expect(await behind.save(7)).to.equal(10);
    await Promise.all([11, 12, 13, 14].map((sequence) => (sequence % 2 ? ahead : behind).save(sequence)));
    expect(await progress()).to.equal(14);
  });
});

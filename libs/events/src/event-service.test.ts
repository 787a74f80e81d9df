import { PLATFORM } from "@slipway/documents";
import { EventService as ArtifactEvents } from "@slipway/gen/slipway/artifact/v1/event_service_pb.js";
import { EventService } from "@slipway/gen/slipway/metadata/v1/event_service_pb.js";
import { EventService as WorkflowEvents } from "@slipway/gen/slipway/workflow/v1/event_service_pb.js";
import { bind, type Caller, type Client, createClient, createInProcessTransport } from "@slipway/rpc";
import { silentLogger, systemClock, systemIds } from "@slipway/runtime";
import { expect } from "chai";
import { changeOf, createFolder, type Database, openDatabase, record, tenants } from "./contract/contract-sample.ts";
import { createEmbeddedEventBus } from "./embedded.ts";
import type { EventBus } from "./event-bus.ts";
import { createEventService } from "./event-service.ts";
import { remoteEvents } from "./event-source.ts";
import { createSequencer, type Sequencer } from "./sequencer.ts";

const service: Caller = {
  tenantUid: PLATFORM,
  tenant: PLATFORM,
  principal: "serviceAccounts/slipway",
  role: "admin",
  service: true,
};

function memberOf(index: number): Caller {
  return { ...(tenants[index] as (typeof tenants)[number]), principal: "users/ada", role: "viewer", service: false };
}

describe("EventService", () => {
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

  function clientOf(caller: Caller): Client<typeof EventService> {
    const handlers = createEventService({ ...database, bus, pollMs: 60_000 });
    const transport = createInProcessTransport({
      bindings: [bind(EventService, handlers), bind(ArtifactEvents, handlers), bind(WorkflowEvents, handlers)],
      interceptors: [
        async (context, next) => {
          context.caller = caller;
          await next();
        },
      ],
      log: silentLogger,
    });
    return createClient(EventService, transport);
  }
  /** Six things of three tenants: 0, 1, 2, 0, 1, 2. The odd ones are deleted things. */
  async function recordSix(prefix: string): Promise<void> {
    for (let index = 0; index < 6; index += 1) {
      const type = index % 2 ? "slipway.thing.deleted" : "slipway.thing.created";
      await record(database, changeOf(index, `${prefix}${index}`, type));
    }
    sequencer.notify();
  }
  async function numberAll(): Promise<void> {
    await sequencer.stop();
  }
  const names = (events: { subject: string }[]) => events.map(({ subject }) => subject.split("/").at(-1));

  it("cuts a page so that it fits into a message of default size, and goes on behind the cut", async () => {
    const payload = { text: "虹".repeat(700_000) };
    for (const name of ["a", "b", "c"])
      await record(database, { ...changeOf(0, name, "slipway.thing.created"), payload });
    await numberAll();
    const seen: (string | undefined)[] = [];
    for (let after = 0n; ; ) {
      const page = await clientOf(memberOf(0)).listEvents({ after });
      if (page.last === after) break;
      seen.push(...names(page.events));
      after = page.last;
    }
    expect(seen).to.deep.equal(["a", "b", "c"]);
  });

  it("lists a tenant's events by position, and hides how many others have", async () => {
    await recordSix("a");
    await numberAll();
    const { events, last } = await clientOf(memberOf(1)).listEvents({});
    expect(names(events)).to.deep.equal(["a1", "a4"]);
    expect(events.map(({ position, sequence }) => [position, sequence])).to.deep.equal([
      [1n, 0n],
      [2n, 0n],
    ]);
    expect(last).to.equal(2n);
    const [first] = events;
    expect(first).to.deep.include({
      type: "slipway.thing.deleted",
      tenant: "tenant-1",
      tenantUid: memberOf(1).tenantUid,
      subject: "tenants/tenant-1/things/a1",
      actor: "users/ada",
      aggregateRevision: 1n,
      payload: { name: "a1" },
    });
  });

  it("lists the events of all tenants by sequence for services, in pages", async () => {
    await recordSix("a");
    await numberAll();
    const client = clientOf(service);
    const first = await client.listEvents({ pageSize: 4 });
    expect(names(first.events)).to.deep.equal(["a0", "a1", "a2", "a3"]);
    expect(first.last).to.equal(4n);
    const second = await client.listEvents({ after: first.last, pageSize: 4 });
    expect(second.events.map(({ sequence }) => sequence)).to.deep.equal([5n, 6n]);
    expect(await client.listEvents({ after: second.last })).to.deep.include({ events: [], last: 6n });
  });

  it("shows a service that acts for a tenant that tenant only", async () => {
    await recordSix("a");
    await numberAll();
    const { events } = await clientOf({ ...service, tenantUid: memberOf(0).tenantUid }).listEvents({});
    expect(names(events)).to.deep.equal(["a0", "a3"]);
  });

  it("leaves out other types, and moves on behind them", async () => {
    await recordSix("a");
    await numberAll();
    const client = clientOf(service);
    const page = await client.listEvents({ types: ["slipway.thing.created"], pageSize: 3 });
    expect(names(page.events)).to.deep.equal(["a0", "a2", "a4"]);
    expect(page.last).to.equal(6n);
    const none = await client.listEvents({ types: ["slipway.other.created"] });
    expect(none).to.deep.include({ events: [], last: 6n });
  });

  it("watches: what is recorded, then what comes", async () => {
    await recordSix("a");
    const seen: string[] = [];
    for await (const { event } of clientOf(memberOf(2)).watchEvents({ after: 1n })) {
      seen.push(event?.subject.split("/").at(-1) ?? "");
      if (seen.length === 1) await recordSix("b");
      if (seen.length === 3) break;
    }
    expect(seen).to.deep.equal(["a5", "b2", "b5"]);
  });

  it("resumes a watch behind the last event seen, whatever came between", async () => {
    await recordSix("a");
    const seen: bigint[] = [];
    for (let round = 0; round < 3; round += 1) {
      for await (const { event } of clientOf(service).watchEvents({ after: seen.at(-1) ?? 0n })) {
        seen.push(event?.sequence ?? 0n);
        if (seen.length % 5 === 0) break;
      }
      await recordSix(`round-${round}-`);
    }
    expect(seen).to.deep.equal(seen.map((_, index) => BigInt(index + 1)));
    expect(seen).to.have.lengthOf(15);
  });

  it("watches only new events when asked to", async () => {
    await recordSix("a");
    await numberAll();
    const watch = clientOf(memberOf(0)).watchEvents({ after: -1n })[Symbol.asyncIterator]();
    let first: string | undefined;
    const watching = watch.next().then(({ value }) => {
      first = value?.event?.subject;
    });
    sequencer = createSequencer({ ...database, bus, clock: systemClock, ids: systemIds, log: silentLogger });
    sequencer.start();
    while (first === undefined) await recordSix("b");
    await watching;
    expect(first).to.match(/^tenants\/tenant-0\/things\/b/);
    await watch.return?.();
  });

  it("ends a watch that waits when the client goes", async () => {
    const gone = new AbortController();
    const watch = clientOf(service).watchEvents({}, { signal: gone.signal })[Symbol.asyncIterator]();
    const waiting = watch.next().then(
      () => "answered",
      (error: { code: string }) => error.code,
    );
    gone.abort();
    expect(await waiting).to.equal("CANCELLED");
  });

  it("is a source for consumers in other services", async () => {
    await recordSix("a");
    await numberAll();
    const source = remoteEvents("metadata", clientOf(service));
    const page = await source.list(2, ["slipway.thing.created"], 10, new AbortController().signal);
    expect(names(page.events)).to.deep.equal(["a2", "a4"]);
    expect(page.last).to.equal(6);
  });
});

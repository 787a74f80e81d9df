import { silentLogger } from "@slipway/runtime";
import { FaultyProxy } from "@slipway/runtime/testing";
import { expect } from "chai";
import { natsUrl, startNats } from "../../../test/real/servers/nats-server.ts";
import type { RealServer } from "../../../test/real/servers/real-server.ts";
import { eventOfType, listener } from "./contract/bus-sample.ts";
import { type NatsEventBus, openNatsEventBus } from "./nats.ts";
import {
  changeStream,
  deleteStream,
  rejectionOf,
  storedEvents,
  untilMissing,
  untilServing,
  untilStored,
} from "./testing/nats-bus.ts";

describe("NATS: failures", () => {
  let server: RealServer;
  let proxy: FaultyProxy;
  const buses: NatsEventBus[] = [];

  beforeEach(async () => {
    server = await startNats();
    proxy = await FaultyProxy.before({ host: "127.0.0.1", port: server.port });
  });
  afterEach(async () => {
    await Promise.all(buses.splice(0).map((bus) => bus.close()));
    await proxy.close();
    await server.remove();
  });

  async function open(url = `nats://127.0.0.1:${proxy.port}`, maxWaitingEvents = 1_000): Promise<NatsEventBus> {
    const bus = await openNatsEventBus({ url, log: silentLogger, maxWaitingEvents });
    buses.push(bus);
    return bus;
  }

  it("opens without a server, says so, wakes its own process, and serves as soon as there is one", async () => {
    await proxy.refuse();
    const bus = await open();
    expect(bus.missing()).to.have.length(1);
    expect(await untilMissing(bus, /cannot be reached/)).to.contain(`127.0.0.1:${proxy.port}`);
    const heard = listener();
    bus.subscribe(["version"], heard.wake);
    expect(await rejectionOf(bus.publish([eventOfType("slipway.version.created")]))).to.contain("cannot be reached");
    expect(heard.times).to.equal(1);
    await proxy.accept();
    await untilServing(bus);
    await bus.publish([eventOfType("slipway.version.created")]);
    await untilStored(server.port, 2); // the stream gets also what was published while there was no server
  });

  it("sends what a cut kept from the stream once it is connected again, in order and once", async () => {
    const [one, other] = [await open(), await open(natsUrl(server))];
    await Promise.all([untilServing(one), untilServing(other)]);
    const heard = listener();
    other.subscribe(["version"], heard.wake);
    proxy.judge = ({ bytes, direction }) => {
      const at = direction === "up" ? bytes.indexOf("HPUB ") : -1;
      return at < 0 ? "pass" : { cutAfterBytes: at + 40 };
    };
    const events = Array.from({ length: 100 }, () => eventOfType("slipway.version.created"));
    await one.publish(events.slice(0, 50));
    await untilMissing(one, /the NATS server at /);
    expect(await rejectionOf(one.publish(events.slice(50)))).to.match(/^Events are not published: the NATS server at /);
    expect(await storedEvents(server.port)).to.deep.equal([]);
    proxy.judge = () => "pass";
    await untilServing(one);
    const before = heard.times;
    const last = eventOfType("slipway.version.ready");
    await one.publish([last]);
    await heard.until(before + 1);
    await untilStored(server.port, 101);
    expect(await storedEvents(server.port)).to.deep.equal([...events, last].map(({ id }) => id));
  });

  it("keeps an event once when its acknowledgement was lost", async () => {
    const bus = await open();
    await untilServing(bus);
    proxy.judge = ({ bytes, direction }) => {
      const isAcknowledgement = direction === "down" && /"stream":"SLIPWAY", ?"seq"/.test(bytes.toString());
      return isAcknowledgement ? { cutAfterBytes: 0 } : "pass";
    };
    const event = eventOfType("slipway.version.created");
    await bus.publish([event]);
    await untilMissing(bus, /./);
    proxy.judge = () => "pass";
    await untilServing(bus);
    expect(await storedEvents(server.port)).to.deep.equal([event.id]);
  });

  it("wakes its subscribers when it is connected again, since it may have missed something", async () => {
    const bus = await open();
    await untilServing(bus);
    const heard = listener();
    bus.subscribe(["version"], heard.wake);
    proxy.cut();
    await heard.until(1);
  });

  it("makes the stream again after all data of the server was deleted", async () => {
    const [one, other] = [await open(natsUrl(server)), await open(natsUrl(server))];
    await Promise.all([untilServing(one), untilServing(other)]);
    await one.publish([eventOfType("slipway.version.created")]);
    await untilStored(server.port, 1);
    await server.kill();
    await Promise.all([untilMissing(one, /./), untilMissing(other, /./)]);
    await server.wipe();
    await server.start();
    await Promise.all([untilServing(one), untilServing(other)]);
    const heard = listener();
    other.subscribe(["model"], heard.wake);
    const event = eventOfType("slipway.model.created");
    await one.publish([event]);
    await heard.until(1);
    await untilStored(server.port, 1);
    expect(await storedEvents(server.port)).to.deep.equal([event.id]);
  });

  it("makes the stream again when a publish finds it deleted", async () => {
    const bus = await open();
    await untilServing(bus);
    await deleteStream(server.port);
    const event = eventOfType("slipway.model.created");
    await bus.publish([event]);
    await untilStored(server.port, 1);
  });

  it("gives up on a server that hangs, rejects at once from then on, and goes on when it answers again", async () => {
    const bus = await open();
    await untilServing(bus);
    server.freeze();
    await bus.publish([eventOfType("slipway.model.created")]);
    await untilMissing(bus, /cannot be reached/);
    const refused = Array.from({ length: 500 }, () => bus.publish([eventOfType("slipway.model.created")]));
    for (const publish of refused) await rejectionOf(publish);
    server.thaw();
    await untilServing(bus);
    await untilStored(server.port, 501);
  });

  it("keeps a bounded number of events for a server that is away, the newest", async () => {
    await proxy.refuse();
    const bus = await open(undefined, 100);
    const events = Array.from({ length: 130 }, () => eventOfType("slipway.model.created"));
    await rejectionOf(bus.publish(events.slice(0, 110)));
    await rejectionOf(bus.publish(events.slice(110)));
    await proxy.accept();
    await untilStored(server.port, 100);
    expect((await storedEvents(server.port))[0]).to.equal(events[30]?.id);
  });

  it("waits for the stream when more is published than it keeps in memory, and loses nothing", async () => {
    const bus = await open(undefined, 100);
    await untilServing(bus);
    for (let batch = 0; batch < 5; batch += 1) {
      await bus.publish(Array.from({ length: 120 }, () => eventOfType("slipway.model.created")));
    }
    await untilStored(server.port, 600);
  });

  it("leaves a stream as its operator has changed it", async () => {
    const bus = await open();
    await untilServing(bus);
    await changeStream(server.port, { max_msgs: 1 });
    const again = await open();
    await untilServing(again);
    const events = [eventOfType("slipway.model.created"), eventOfType("slipway.model.updated")];
    await again.publish(events);
    await again.close();
    expect(await storedEvents(server.port)).to.deep.equal([events[1]?.id]);
  });

  it("leaves out an event that the stream refuses for good, and sends the others", async () => {
    const bus = await open();
    await untilServing(bus);
    await changeStream(server.port, { max_msg_size: 2_000 });
    const large = { ...eventOfType("slipway.model.created"), payload: { text: "x".repeat(3_000) } };
    const homeless = { ...eventOfType("slipway.model.created"), tenantUid: "" };
    const small = eventOfType("slipway.model.created");
    await bus.publish([large, homeless, small]);
    await bus.close();
    expect(await storedEvents(server.port)).to.deep.equal([small.id]);
  });
});

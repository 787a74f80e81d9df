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

  async function open(url = `nats://127.0.0.1:${proxy.port}`): Promise<NatsEventBus> {
    const bus = await openNatsEventBus({ url, log: silentLogger });
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
    expect(await storedEvents(server.port)).to.have.length(1);
  });

  it("rejects a publish whose connection is cut, and works again by itself", async () => {
    const [one, other] = [await open(), await open(natsUrl(server))];
    await Promise.all([untilServing(one), untilServing(other)]);
    const heard = listener();
    other.subscribe(["version"], heard.wake);
    proxy.judge = ({ bytes, direction }) => {
      const at = direction === "up" ? bytes.indexOf("HPUB ") : -1;
      return at < 0 ? "pass" : { cutAfterBytes: at + 40 };
    };
    const events = [eventOfType("slipway.version.created"), eventOfType("slipway.version.ready")];
    expect(await rejectionOf(one.publish(events))).to.match(/^Events are not published: the NATS server at /);
    expect(await storedEvents(server.port)).to.deep.equal([]);
    proxy.judge = () => "pass";
    await untilServing(one);
    const before = heard.times;
    await one.publish(events);
    await heard.until(before + 1);
    expect(await storedEvents(server.port)).to.deep.equal(events.map(({ id }) => id));
  });

  it("keeps an event once when the acknowledgement was lost and it is published again", async () => {
    const bus = await open();
    await untilServing(bus);
    proxy.judge = ({ bytes, direction }) => {
      const isAcknowledgement = direction === "down" && /"stream":"SLIPWAY", ?"seq"/.test(bytes.toString());
      return isAcknowledgement ? { cutAfterBytes: 0 } : "pass";
    };
    const event = eventOfType("slipway.version.created");
    await rejectionOf(bus.publish([event]));
    proxy.judge = () => "pass";
    await untilServing(bus);
    await bus.publish([event]);
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
    expect(await storedEvents(server.port)).to.deep.equal([event.id]);
  });

  it("makes the stream again within the publish that finds it deleted", async () => {
    const bus = await open();
    await untilServing(bus);
    await deleteStream(server.port);
    const event = eventOfType("slipway.model.created");
    await bus.publish([event]);
    expect(await storedEvents(server.port)).to.deep.equal([event.id]);
  });

  it("gives up on a server that hangs, rejects at once from then on, and goes on when it answers again", async () => {
    const bus = await open();
    await untilServing(bus);
    server.freeze();
    expect(await rejectionOf(bus.publish([eventOfType("slipway.model.created")]))).to.contain("cannot be reached");
    expect(bus.missing()).to.have.length(1);
    for (let index = 0; index < 1000; index += 1) {
      await rejectionOf(bus.publish([eventOfType("slipway.model.created")]));
    }
    server.thaw();
    await untilServing(bus);
    await bus.publish([eventOfType("slipway.model.created")]);
  });

  it("leaves a stream as its operator has changed it", async () => {
    const bus = await open();
    await untilServing(bus);
    await changeStream(server.port, { max_msgs: 1 });
    const again = await open();
    await untilServing(again);
    const events = [eventOfType("slipway.model.created"), eventOfType("slipway.model.updated")];
    await again.publish(events);
    expect(await storedEvents(server.port)).to.deep.equal([events[1]?.id]);
  });
});

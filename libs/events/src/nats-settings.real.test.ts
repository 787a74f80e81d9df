import { silentLogger } from "@slipway/runtime";
import { expect } from "chai";
import { type NatsOptions, natsUrl, startNats } from "../../../test/real/servers/nats-server.ts";
import type { RealServer } from "../../../test/real/servers/real-server.ts";
import { eventOfType, listener } from "./contract/bus-sample.ts";
import { type NatsEventBus, openNatsEventBus } from "./nats.ts";
import { rejectionOf, untilMissing, untilServing } from "./testing/nats-bus.ts";

describe("NATS: settings that no waiting heals", () => {
  const ended: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const end of ended.splice(0).reverse()) await end();
  });

  async function start(options: NatsOptions): Promise<RealServer> {
    const server = await startNats(options);
    ended.push(() => server.remove());
    return server;
  }

  async function open(url: string): Promise<NatsEventBus> {
    const bus = await openNatsEventBus({ url, log: silentLogger });
    ended.push(() => bus.close());
    return bus;
  }

  it("serves with the right user and password", async () => {
    const credentials = { user: "slipway", password: "p@ss/w:rd" };
    const server = await start({ credentials });
    const bus = await open(natsUrl(server, { credentials }));
    await untilServing(bus);
    await bus.publish([eventOfType("slipway.model.created")]);
  });

  it("says that the credentials are wrong, and never shows them", async () => {
    const server = await start({ credentials: { user: "slipway", password: "right" } });
    for (const url of [`nats://slipway:wrong@127.0.0.1:${server.port}`, `nats://127.0.0.1:${server.port}`]) {
      const bus = await open(url);
      const missing = await untilMissing(bus, /credentials/);
      expect(missing).to.contain("correct the user and password in SLIPWAY_EVENTS").and.not.contain("wrong");
      expect(await rejectionOf(bus.publish([eventOfType("slipway.model.created")]))).to.contain("credentials");
    }
  });

  it("says that there is no JetStream, wakes other processes all the same, and keeps nothing", async () => {
    const server = await start({ jetStream: false });
    const [one, other] = [await open(natsUrl(server)), await open(natsUrl(server))];
    for (const bus of [one, other])
      expect(await untilMissing(bus, /JetStream/)).to.contain("enable it with jetstream {");
    const heard = listener();
    other.subscribe(["model"], heard.wake);
    expect(await rejectionOf(one.publish([eventOfType("slipway.model.created")]))).to.contain("JetStream");
    await heard.until(1);
  });

  it("refuses an address that is none", async () => {
    for (const url of ["", "http://127.0.0.1:4222", "nats://", "127.0.0.1:4222"]) {
      const outcome = await openNatsEventBus({ url, log: silentLogger }).catch((error: Error) => error.message);
      expect(outcome, url).to.contain("Use nats://host:port");
    }
  });
});

import { expect } from "chai";
import type { EventBus } from "../event-bus.ts";
import { eventOfType, listener } from "./bus-sample.ts";

/** A bus under test; every `connect` is one more instance on it. The embedded bus has one instance per process. */
export interface BusUnderTest {
  connect(): Promise<EventBus>;
  remove(): Promise<void>;
}

/** What event-bus.ts promises, for any engine, unchanged. */
export function describeEventBus(name: string, freshBus: () => Promise<BusUnderTest>): void {
  describe(`EventBus contract: ${name}`, () => {
    let bus: BusUnderTest;
    let one: EventBus;
    let other: EventBus;

    beforeEach(async () => {
      bus = await freshBus();
      one = await bus.connect();
      other = await bus.connect();
    });
    afterEach(async () => {
      await Promise.all([one.close(), other.close()]);
      await bus.remove();
    });

    it("wakes every subscriber of the kind, through every instance", async () => {
      const [first, second, third] = [listener(), listener(), listener()];
      one.subscribe(["version"], first.wake);
      one.subscribe(["model", "version"], second.wake);
      other.subscribe(["version"], third.wake);
      await one.publish([eventOfType("slipway.version.created")]);
      for (const heard of [first, second, third]) await heard.until(1);
    });

    it("wakes nobody who waits for other kinds", async () => {
      const [versions, models] = [listener(), listener()];
      one.subscribe(["version"], versions.wake);
      one.subscribe(["model"], models.wake);
      await other.publish([eventOfType("slipway.model.created")]);
      await models.until(1);
      expect(versions.times).to.equal(0);
    });

    it("wakes who names no kind for every kind", async () => {
      const heard = listener();
      one.subscribe([], heard.wake);
      await one.publish([eventOfType("slipway.model.created")]);
      await heard.until(1);
      await one.publish([eventOfType("slipway.run.finished")]);
      await heard.until(2);
    });

    it("wakes at least once after the last of many events", async () => {
      const heard = listener();
      one.subscribe(["version"], heard.wake);
      for (let index = 0; index < 200; index += 1) await other.publish([eventOfType("slipway.version.created")]);
      await heard.until(1);
      const before = heard.times;
      await other.publish([eventOfType("slipway.version.deleted"), eventOfType("slipway.model.deleted")]);
      await heard.until(before + 1);
    });

    it("wakes through each instance whoever publishes, also when both do at once", async () => {
      const [versions, models] = [listener(), listener()];
      one.subscribe(["version"], versions.wake);
      other.subscribe(["model"], models.wake);
      await Promise.all([
        one.publish([eventOfType("slipway.model.created")]),
        other.publish([eventOfType("slipway.version.created")]),
      ]);
      for (const heard of [versions, models]) await heard.until(1);
    });

    it("goes on for one instance when another has closed", async () => {
      const third = await bus.connect();
      const heard = listener();
      other.subscribe(["version"], heard.wake);
      if (third !== other) await third.close();
      await one.publish([eventOfType("slipway.version.created")]);
      await heard.until(1);
    });

    it("calls nobody who cancelled", async () => {
      const [cancelled, kept] = [listener(), listener()];
      one.subscribe(["version"], cancelled.wake).cancel();
      one.subscribe(["version"], kept.wake);
      await one.publish([eventOfType("slipway.version.created")]);
      await kept.until(1);
      expect(cancelled.times).to.equal(0);
    });

    it("goes on when a subscriber throws", async () => {
      const heard = listener();
      one.subscribe(["version"], () => {
        throw new Error("a broken subscriber");
      });
      one.subscribe(["version"], heard.wake);
      await one.publish([eventOfType("slipway.version.created")]);
      await heard.until(1);
    });

    it("publishes to nobody, and nothing to somebody", async () => {
      const heard = listener();
      await one.publish([eventOfType("slipway.version.created")]);
      one.subscribe([], heard.wake);
      await one.publish([]);
      await one.publish([eventOfType("slipway.version.created")]);
      await heard.until(1);
    });
  });
}

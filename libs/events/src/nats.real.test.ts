import { silentLogger } from "@slipway/runtime";
import { testServer } from "@slipway/runtime/testing";
import { describeEventBus } from "./contract/contract-bus.ts";
import { openNatsEventBus } from "./nats.ts";
import { untilServing } from "./testing/nats-bus.ts";

describeEventBus("NATS", async () => ({
  connect: async () => {
    const bus = await openNatsEventBus({ url: testServer("SLIPWAY_TEST_NATS"), log: silentLogger });
    await untilServing(bus);
    return bus;
  },
  remove: async () => undefined,
}));

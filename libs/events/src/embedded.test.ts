import { silentLogger } from "@slipway/runtime";
import { describeEventBus } from "./contract/contract-bus.ts";
import { createEmbeddedEventBus } from "./embedded.ts";

describeEventBus("embedded", async () => {
  const bus = createEmbeddedEventBus({ log: silentLogger });
  return { connect: async () => bus, remove: async () => undefined };
});

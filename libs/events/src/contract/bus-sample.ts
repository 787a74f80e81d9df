import { create } from "@bufbuild/protobuf";
import { type Event, EventSchema } from "@slipway/gen/slipway/event/v1/event_pb.js";
import { WakeSignal } from "@slipway/runtime";
import { expect } from "chai";

const waitMs = 10_000;

export function eventOfType(type: string): Event {
  return create(EventSchema, { id: crypto.randomUUID(), tenant: "acme", tenantUid: crypto.randomUUID(), type });
}

/** A subscriber that can be waited for. */
export function listener() {
  const signal = new WakeSignal();
  const heard = {
    times: 0,
    wake: () => {
      heard.times += 1;
      signal.wake();
    },
    /** Fails after a long time only; a wake lets it go at once. */
    until: async (times: number) => {
      const ended = AbortSignal.timeout(waitMs);
      while (heard.times < times && !ended.aborted) await signal.wait(waitMs, ended);
      expect(heard.times).to.be.at.least(times);
    },
  };
  return heard;
}

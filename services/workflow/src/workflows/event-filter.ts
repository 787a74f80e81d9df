import { createRegistry } from "@bufbuild/protobuf";
import { ANY, ConditionCompiler } from "@slipway/expressions";
import { type Event, EventSchema } from "@slipway/gen/slipway/event/v1/event_pb.js";

/** Whether an event fits. Throws ConditionFailure where the filter cannot be worked out for this event. */
export type EventFilter = (event: Event) => boolean;

const compiler = new ConditionCompiler({
  registry: createRegistry(EventSchema),
  shapes: {
    event: {
      kind: "struct",
      words: "an event",
      fields: Object.fromEntries(EventSchema.fields.map(({ name }) => [name, ANY])),
    },
  },
});

/** Compiles a filter (CEL over `event`). An empty one fits every event. Throws ConditionInvalid. */
export function compileFilter(text: string): EventFilter {
  if (text.trim() === "") return () => true;
  const condition = compiler.compile(text);
  return (event) => {
    const messageBytes = JSON.stringify(event.payload ?? null).length;
    return condition.holds({ event }, { messageBytes });
  };
}

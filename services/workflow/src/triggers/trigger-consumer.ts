import { timestampMs } from "@bufbuild/protobuf/wkt";
import { type Consumer, type ConsumerOptions, createConsumer } from "@slipway/events";
import type { Event } from "@slipway/gen/slipway/event/v1/event_pb.js";
import type { Clock } from "@slipway/runtime";
import type { RunStarter } from "../engine/run-starter-worker.ts";
import { newRun, type RunStart } from "../runs/new-run.ts";
import { isAboutVersion } from "../workflows/event-types.ts";
import { inputOf } from "./event-input.ts";
import { runUidOf } from "./run-uid.ts";
import type { Match, TriggerCatalog } from "./trigger-catalog.ts";

export interface TriggerConsumerOptions extends Omit<ConsumerOptions, "name" | "handling"> {
  catalog: TriggerCatalog;
  starter: RunStarter;
  clock: Clock;
}

/** Starts a run for each event and each workflow that it fits: exactly one, however often the event comes. */
export function createTriggerConsumer(options: TriggerConsumerOptions): Consumer {
  const { catalog, starter, clock, ...rest } = options;
  return createConsumer({
    ...rest,
    name: "triggers",
    handling: {
      // Runs that are inserted together share a sync of the database.
      concurrency: 32,
      one: async (event) => {
        for (const match of await catalog.matching(event)) {
          const record = newRun(startOf(event, match), match.definition, clock.nowMs());
          await starter.start(event.tenantUid, record, match.definition);
        }
      },
    },
  });
}

function startOf(event: Event, { workflow }: Match): RunStart {
  const { id, type, subject, subjectUid, actor, payload } = event;
  const artifact = isAboutVersion(type) ? payload?.artifact : undefined;
  return {
    uid: runUidOf(id, workflow.uid),
    tenant: event.tenant,
    workflow: workflow.name,
    creator: actor,
    subject,
    subjectUid,
    artifact: typeof artifact === "string" ? artifact : undefined,
    event: { id, type, subject, subjectUid, actor, timeMs: event.time === undefined ? 0 : timestampMs(event.time) },
    input: inputOf(payload),
  };
}

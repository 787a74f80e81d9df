import { create, type JsonObject, type JsonValue, toJson } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { EventSchema } from "@slipway/gen/slipway/event/v1/event_pb.js";
import { RunSchema } from "@slipway/gen/slipway/workflow/v1/run_pb.js";
import type { RunEvent, RunRecord, StepOutcome } from "../runs/run-record.ts";
import type { StepAttempt } from "./executor-port.ts";

/**
 * What an http step sends: `run` (its Run without steps), `step`, `attempt`, `event` (the Event that started the run,
 * null without one) and `outputs` of the needed steps by step id. Messages as ProtoJSON.
 */
export function payloadOf({ record, tenantUid, step, attempt, outputs }: StepAttempt): JsonObject {
  const { run, event } = record;
  return {
    run: toJson(RunSchema, { ...run, steps: [] }),
    step: step.id,
    attempt,
    event: event === undefined ? null : eventJson(event, record, tenantUid),
    outputs: { ...outputs },
  };
}

function eventJson(event: RunEvent, { run, tenant }: RunRecord, tenantUid: string): JsonValue {
  const { timeMs, ...rest } = event;
  const message = create(EventSchema, { ...rest, tenant, tenantUid, time: timestampFromMs(timeMs) });
  return toJson(EventSchema, run.input === undefined ? message : { ...message, payload: run.input });
}

/** What a reply means: 2xx is the output (`status`, `body`: JSON where it is JSON, else text); some others may pass. */
export function outcomeOf({
  status,
  contentType,
  body,
}: {
  status: number;
  contentType: string;
  body: Buffer;
}): StepOutcome {
  const text = body.toString("utf8").toWellFormed();
  if (status >= 200 && status <= 299) {
    return { kind: "succeeded", output: { status, body: bodyOf(contentType, text) } };
  }
  const mayPass = status === 408 || status === 429 || status >= 500;
  const hint = status >= 300 && status <= 399 ? " Redirects are not followed: name the final address." : "";
  const said = text.trim() === "" ? "" : ` ${text.trim().slice(0, 500)}`;
  return { kind: "failed", message: `The server answered ${status}.${hint}${said}`, mayPass };
}

function bodyOf(contentType: string, text: string): JsonValue {
  if (!/^application\/([\w.+-]+\+)?json\b/i.test(contentType)) return text;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    // Said to be JSON and is none: the text itself is more use than a failure after the work was done.
    return text;
  }
}

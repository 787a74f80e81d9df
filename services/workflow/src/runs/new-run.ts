import { create, type JsonObject } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { RunSchema, RunState, StepRunSchema, StepState } from "@slipway/gen/slipway/workflow/v1/run_pb.js";
import type { Definition } from "../workflows/definition.ts";
import { advance } from "./run.ts";
import type { RunEvent, RunRecord } from "./run-record.ts";

/** What a new run is about. */
export interface RunStart {
  uid: string;
  tenant: string;
  /** `workflows/{workflow}`. */
  workflow: string;
  creator: string;
  /** Full resource name and uid; both empty without one. */
  subject: string;
  subjectUid: string;
  artifact: string | undefined;
  event: RunEvent | undefined;
  input: JsonObject | undefined;
}

/** A run whose first steps are queued. */
export function newRun(start: RunStart, definition: Definition, nowMs: number): RunRecord {
  const run = create(RunSchema, {
    name: `runs/${start.uid}`,
    uid: start.uid,
    workflow: start.workflow,
    workflowDigest: definition.digest,
    state: RunState.PENDING,
    subject: start.subject,
    subjectUid: start.subjectUid,
    eventId: start.event?.id ?? "",
    creator: start.creator,
    steps: definition.steps.map(({ id }) => create(StepRunSchema, { id, state: StepState.WAITING })),
    createTime: timestampFromMs(nowMs),
  });
  if (start.input !== undefined) run.input = start.input;
  const { tenant, artifact, event } = start;
  const record: RunRecord = { run, tenant, artifact, event, lastToken: 0, control: definition.steps.map(() => ({})) };
  return advance(record, definition, nowMs);
}

/** A new run that does again what did not succeed in an ended one; steps that succeeded keep their outputs. */
export function retryOf(
  ended: RunRecord,
  { uid, creator }: { uid: string; creator: string },
  definition: Definition,
  nowMs: number,
): RunRecord {
  const { run, tenant, artifact, event } = ended;
  const { workflow, subject, subjectUid, input } = run;
  const start = { uid, tenant, workflow, creator, subject, subjectUid, artifact, event, input };
  const fresh = newRun(start, definition, nowMs);
  fresh.run.retryOf = run.name;
  run.steps.forEach((step, index) => {
    if (step.state !== StepState.SUCCEEDED) return;
    fresh.run.steps[index] = { ...step };
    fresh.control[index] = {};
  });
  return advance(fresh, definition, nowMs);
}

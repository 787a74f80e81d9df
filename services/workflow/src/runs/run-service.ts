import { create, toBinary } from "@bufbuild/protobuf";
import { RunState } from "@slipway/gen/slipway/workflow/v1/run_pb.js";
import {
  type CancelRunRequest,
  type ListRunsRequest,
  type ListRunsResponse,
  ListRunsResponseSchema,
  type RetryRunRequest,
  type RetryRunResponse,
  RetryRunResponseSchema,
  RunService,
  type StartRunRequest,
  type StartRunResponse,
  StartRunResponseSchema,
  type WatchRunRequest,
} from "@slipway/gen/slipway/workflow/v1/run_service_pb.js";
import { CommitConflict, idempotent, retryOnConflict } from "@slipway/resources";
import {
  type Binding,
  bind,
  type CallContext,
  callerOf,
  DEFAULT_MAX_RECEIVE_BYTES,
  fail,
  RESOURCE_NAMES,
} from "@slipway/rpc";
import type { Clock, Ids } from "@slipway/runtime";
import type { RunStarter } from "../engine/run-starter-worker.ts";
import { ADMISSION } from "../workflows/admission.ts";
import { definitionOf, stepThatNeedsTransition, stepThatNeedsVersion } from "../workflows/definition.ts";
import type { DefinitionStore } from "../workflows/definition-store.ts";
import type { WorkflowStore } from "../workflows/workflow-store.ts";
import { newRun, retryOf } from "./new-run.ts";
import { cancel, hasEnded } from "./run.ts";
import type { RunChanges } from "./run-changes.ts";
import { runQueryOf } from "./run-filter.ts";
import type { StoredRun } from "./run-record.ts";
import { type RunStore, runOf } from "./run-store.ts";
import type { VersionClient } from "./version-client.ts";
import { watchedRun } from "./watched-run.ts";

export interface RunServiceOptions {
  runs: RunStore;
  workflows: WorkflowStore;
  definitions: DefinitionStore;
  versions: VersionClient;
  starter: RunStarter;
  changes: RunChanges;
  /** Where replies under request ids are kept. */
  replies: Parameters<typeof idempotent>[0];
  clock: Clock;
  ids: Ids;
}

const MAX_INPUT_BYTES = 64 * 1024;
const NO_SUBJECT = { subject: "", subjectUid: "", artifact: undefined };

/** Serves slipway.workflow.v1.RunService. */
export function bindRunService(options: RunServiceOptions): Binding {
  return bind(RunService, {
    startRun: (request, context) => startRun(options, request, context),
    getRun: async ({ name }, context) => ({ run: runOf(await find(options, name, context)) }),
    listRuns: (request, context) => listRuns(options, request, context),
    watchRun: (request, context) => watchRun(options, request, context),
    cancelRun: async (request, context) => ({ run: runOf(await cancelRun(options, request, context)) }),
    retryRun: (request, context) => retryRun(options, request, context),
  });
}

async function startRun(options: RunServiceOptions, request: StartRunRequest, context: CallContext) {
  const { workflows, versions, starter, replies, clock, ids } = options;
  const caller = callerOf(context);
  const { tenant, tenantUid, principal } = caller;
  const workflow = RESOURCE_NAMES.workflow.format({
    workflow: RESOURCE_NAMES.workflow.parseIn(tenant, request.workflow, "workflow").workflow,
  });
  if (workflow === ADMISSION) throw fail("WORKFLOW_SYSTEM", { name: workflow, problem: "its event alone starts it" });
  checkInput(request);
  return idempotent<StartRunResponse>(replies, context, request, async (record) => {
    const found = await workflows.findByName(tenantUid, workflow);
    if (found === undefined) throw fail("WORKFLOW_NOT_FOUND", { name: workflow });
    const definition = definitionOf(found.workflow);
    const reporting = stepThatNeedsTransition(definition.steps);
    if (reporting !== undefined) throw fail("RUN_NEEDS_TRANSITION", { step: reporting.id, name: workflow });
    const needing = stepThatNeedsVersion(definition.steps);
    if (needing !== undefined && request.subject === "")
      throw fail("RUN_SUBJECT_MISSING", { step: needing.id, workflow });
    const subject = request.subject === "" ? NO_SUBJECT : await versions.subjectOf(request.subject, caller, context);
    const start = {
      ...subject,
      uid: ids.uid(),
      tenant,
      workflow,
      creator: principal,
      event: undefined,
      input: request.input,
    };
    const run = newRun(start, definition, clock.nowMs());
    const response = (stored: StoredRun) => create(StartRunResponseSchema, { run: runOf(stored) });
    const stored = await starter.start(tenantUid, run, definition, (inserted) => record(response(inserted)));
    return response(mustBeNew(stored));
  });
}

function checkInput({ input }: StartRunRequest): void {
  const sizeBytes = input === undefined ? 0 : Buffer.byteLength(JSON.stringify(input));
  if (sizeBytes <= MAX_INPUT_BYTES) return;
  const description = `It has ${sizeBytes} bytes as JSON; at most ${MAX_INPUT_BYTES} are taken.`;
  throw fail("REQUEST_INVALID", { summary: "the input is too large" }, { fields: [{ field: "input", description }] });
}

async function listRuns(
  { runs }: RunServiceOptions,
  request: ListRunsRequest,
  context: CallContext,
): Promise<ListRunsResponse> {
  const { tenantUid } = callerOf(context);
  const query = runQueryOf(request);
  // Runs with large outputs: fewer of them, so that the page fits into one message.
  for (let { pageSize } = request; ; pageSize = Math.ceil(pageSize / 2)) {
    const page = await runs.list(tenantUid, query, { pageSize, pageToken: request.pageToken });
    const { nextPageToken } = page;
    const response = create(ListRunsResponseSchema, { runs: page.runs.map(runOf), nextPageToken });
    const fits = toBinary(ListRunsResponseSchema, response).length < DEFAULT_MAX_RECEIVE_BYTES;
    if (fits || page.runs.length <= 1) return response;
    pageSize = page.runs.length;
  }
}

async function* watchRun(options: RunServiceOptions, { name }: WatchRunRequest, context: CallContext) {
  const first = await find(options, name, context);
  const { uid } = first.record.run;
  const read = async () => {
    const stored = await options.runs.get(first.tenantUid, uid);
    return stored && { run: runOf(stored), ended: hasEnded(stored.record) };
  };
  const ended = AbortSignal.any([context.signal, context.draining]);
  for await (const run of watchedRun(uid, read, options.changes, ended)) yield { run };
}

function cancelRun(
  options: RunServiceOptions,
  { name, reason }: CancelRunRequest,
  context: CallContext,
): Promise<StoredRun> {
  return retryOnConflict(name, async () => {
    const stored = await find(options, name, context);
    const { run } = stored.record;
    if (run.workflow === ADMISSION)
      throw fail("WORKFLOW_SYSTEM", { name: ADMISSION, problem: "its runs cannot be cancelled" });
    if (run.state === RunState.CANCELLED) return stored;
    if (hasEnded(stored.record)) throw fail("RUN_ENDED", { name: run.name, state: RunState[run.state] });
    return mustBeNew(await options.runs.replace(stored, cancel(stored.record, reason, options.clock.nowMs())));
  });
}

async function retryRun(options: RunServiceOptions, request: RetryRunRequest, context: CallContext) {
  const { definitions, starter, replies, clock, ids } = options;
  const { principal: creator } = callerOf(context);
  return idempotent<RetryRunResponse>(replies, context, request, async (record) => {
    const { tenantUid, record: ended } = await find(options, request.name, context);
    const { name, state, workflowDigest } = ended.run;
    if (state !== RunState.FAILED && state !== RunState.CANCELLED) {
      throw fail("RUN_NOT_RETRYABLE", { name, state: RunState[state] });
    }
    const definition = await definitions.get(tenantUid, workflowDigest);
    const run = retryOf(ended, { uid: ids.uid(), creator }, definition, clock.nowMs());
    const response = (stored: StoredRun) => create(RetryRunResponseSchema, { run: runOf(stored) });
    const stored = await starter.start(tenantUid, run, definition, (inserted) => record(response(inserted)));
    return response(mustBeNew(stored));
  });
}

async function find({ runs }: RunServiceOptions, name: string, context: CallContext): Promise<StoredRun> {
  const { tenant, tenantUid } = callerOf(context);
  const { uid } = RESOURCE_NAMES.run.parseIn(tenant, name, "name");
  const stored = await runs.get(tenantUid, uid);
  if (stored === undefined) throw fail("RUN_NOT_FOUND", { name: RESOURCE_NAMES.run.format({ uid }) });
  return stored;
}

/** The stores give undefined where somebody else was faster. */
function mustBeNew(stored: StoredRun | undefined): StoredRun {
  if (stored === undefined) throw new CommitConflict(0, "REVISION_MISMATCH");
  return stored;
}

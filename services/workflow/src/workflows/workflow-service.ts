import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Workflow, WorkflowSchema } from "@slipway/gen/slipway/workflow/v1/workflow_pb.js";
import {
  type ApplyWorkflowRequest,
  type ApplyWorkflowResponse,
  ApplyWorkflowResponseSchema,
  type DeleteWorkflowRequest,
  type ListWorkflowsRequest,
  WorkflowService,
} from "@slipway/gen/slipway/workflow/v1/workflow_service_pb.js";
import { checkEtag, idempotent, retryOnConflict } from "@slipway/resources";
import { type Binding, bind, type CallContext, callerOf, fail, RESOURCE_NAMES, roleIncludes } from "@slipway/rpc";
import type { Clock, Ids } from "@slipway/runtime";
import { ADMISSION, admissionWorkflow } from "./admission.ts";
import { definitionOf, withDefinition, withoutHeaderValues } from "./definition.ts";
import type { Problem } from "./problem.ts";
import { workflowProblems } from "./workflow-problems.ts";
import { type StoredWorkflow, type WorkflowStore, workflowOf } from "./workflow-store.ts";

export interface WorkflowServiceOptions {
  workflows: WorkflowStore;
  /** Where replies under request ids are kept. */
  replies: Parameters<typeof idempotent>[0];
  clock: Clock;
  ids: Ids;
}

/** A tenant's triggers are all looked at for each of its events. */
const MAX_WORKFLOWS = 1_000;
const WORKFLOW_ID = /^[a-z][a-z0-9-]{0,62}$/;
/** Page token of what follows admission where it filled a page of one. */
const BEHIND_ADMISSION = "admission";

/** Serves slipway.workflow.v1.WorkflowService. */
export function bindWorkflowService(options: WorkflowServiceOptions): Binding {
  return bind(WorkflowService, {
    applyWorkflow: (request, context) => applyWorkflow(options, request, context),
    getWorkflow: async ({ name }, context) => ({ workflow: await getWorkflow(options, name, context) }),
    listWorkflows: (request, context) => listWorkflows(options, request, context),
    deleteWorkflow: (request, context) => deleteWorkflow(options, request, context),
    validateWorkflow: async ({ workflow = create(WorkflowSchema) }, context) => {
      const name = nameOf(workflow.name, "workflow.name", context);
      const system = { field: "workflow.name", description: "The name belongs to Slipway. Choose another one." };
      refuse([...(name === ADMISSION ? [system] : []), ...problemsOf(name, workflow)]);
      return {};
    },
  });
}

async function applyWorkflow(options: WorkflowServiceOptions, request: ApplyWorkflowRequest, context: CallContext) {
  const { workflows, replies, clock, ids } = options;
  const author = callerOf(context);
  const { tenantUid, principal: creator } = author;
  const { workflow: given = create(WorkflowSchema) } = request;
  const name = nameOf(given.name, "workflow.name", context);
  if (name === ADMISSION) throw fail("WORKFLOW_SYSTEM", { name, problem: "it cannot be changed" });
  refuse(problemsOf(name, given));
  const definition = definitionOf(given);

  return idempotent<ApplyWorkflowResponse>(replies, context, request, (record) =>
    retryOnConflict(name, async () => {
      const set = await workflows.set(tenantUid);
      const before = await workflows.findByName(tenantUid, name);
      checkEtag(given.etag, before?.revision ?? 0, name);
      const updateTime = timestampFromMs(clock.nowMs());
      const respond = (stored: StoredWorkflow, changed: boolean) =>
        create(ApplyWorkflowResponseSchema, { workflow: workflowOf(stored), changed });
      if (before === undefined) {
        if (set.count >= MAX_WORKFLOWS) throw fail("QUOTA_EXCEEDED", { quota: "workflows", limit: MAX_WORKFLOWS });
        const fresh = { uid: ids.uid(), name, creator, createTime: updateTime, updateTime, revision: 1n };
        const workflow = withDefinition(create(WorkflowSchema, fresh), definition);
        const response = respond({ workflow, revision: 1 }, true);
        await workflows.insert(author, workflow, set, record(response));
        return response;
      }
      if (before.workflow.digest === definition.digest) {
        const response = respond(before, false);
        await workflows.keepReply(record(response));
        return response;
      }
      const changed = { ...before.workflow, creator, updateTime, revision: before.workflow.revision + 1n };
      const workflow = withDefinition(changed, definition);
      const response = respond({ workflow, revision: before.revision + 1 }, true);
      await workflows.replace(author, before, workflow, set, record(response));
      return response;
    }),
  );
}

async function getWorkflow(
  { workflows }: WorkflowServiceOptions,
  given: string,
  context: CallContext,
): Promise<Workflow> {
  const name = nameOf(given, "name", context);
  if (name === ADMISSION) return admissionWorkflow;
  const found = await workflows.findByName(callerOf(context).tenantUid, name);
  if (found === undefined) throw fail("WORKFLOW_NOT_FOUND", { name });
  return shownTo(context, workflowOf(found));
}

async function listWorkflows(
  { workflows }: WorkflowServiceOptions,
  request: ListWorkflowsRequest,
  context: CallContext,
) {
  const { tenantUid } = callerOf(context);
  const { pageSize, pageToken } = request;
  if (pageToken === "" && pageSize === 1) {
    const { count } = await workflows.set(tenantUid);
    return { workflows: [admissionWorkflow], nextPageToken: count === 0 ? "" : BEHIND_ADMISSION };
  }
  const isFirst = pageToken === "";
  const own = await workflows.list(tenantUid, {
    pageSize: isFirst && pageSize > 1 ? pageSize - 1 : pageSize,
    pageToken: pageToken === BEHIND_ADMISSION ? "" : pageToken,
  });
  const shown = own.workflows.map((stored) => shownTo(context, workflowOf(stored)));
  return { workflows: isFirst ? [admissionWorkflow, ...shown] : shown, nextPageToken: own.nextPageToken };
}

function deleteWorkflow({ workflows }: WorkflowServiceOptions, request: DeleteWorkflowRequest, context: CallContext) {
  const author = callerOf(context);
  const name = nameOf(request.name, "name", context);
  if (name === ADMISSION) throw fail("WORKFLOW_SYSTEM", { name, problem: "it cannot be deleted" });
  return retryOnConflict(name, async () => {
    const set = await workflows.set(author.tenantUid);
    const before = await workflows.findByName(author.tenantUid, name);
    if (before === undefined) throw fail("WORKFLOW_NOT_FOUND", { name });
    checkEtag(request.etag, before.revision, name);
    await workflows.delete(author, before, set);
    return {};
  });
}

function shownTo(context: CallContext, workflow: Workflow): Workflow {
  return roleIncludes(callerOf(context).role, "contributor") ? workflow : withoutHeaderValues(workflow);
}

/** The name without tenant; `field` is where the request has it. */
function nameOf(name: string, field: string, context: CallContext): string {
  const { workflow } = RESOURCE_NAMES.workflow.parseIn(callerOf(context).tenant, name, field);
  return RESOURCE_NAMES.workflow.format({ workflow });
}

function problemsOf(name: string, workflow: Workflow): Problem[] {
  const problems = workflowProblems(workflow);
  if (WORKFLOW_ID.test(name.replace("workflows/", ""))) return problems;
  const description = "It has 1 to 63 characters of a-z, 0-9 and -, and begins with a letter.";
  return [{ field: "workflow.name", description }, ...problems];
}

function refuse(problems: Problem[]): void {
  const [first, ...others] = problems;
  if (first === undefined) return;
  const problem = `${first.field}: ${first.description.replace(/\.$/, "")}`;
  throw fail("WORKFLOW_INVALID", { problem }, { fields: [first, ...others] });
}

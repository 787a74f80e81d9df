import { fromJson, toJson } from "@bufbuild/protobuf";
import type {
  CollectionDefinition,
  DocumentKey,
  DocumentStore,
  JsonObject,
  StoredDocument,
  Write,
} from "@slipway/documents";
import { eventWrite } from "@slipway/events";
import { type Workflow, WorkflowSchema } from "@slipway/gen/slipway/workflow/v1/workflow_pb.js";
import { commitOrThrow, etagOf, listPage } from "@slipway/resources";
import type { Clock, Ids } from "@slipway/runtime";
import { withoutHeaderValues } from "./definition.ts";

/** Body: `resource`, ProtoJSON of Workflow without etag. */
export const workflowsCollection: CollectionDefinition = {
  name: "workflows",
  formatVersion: 1,
  upgrade: (body) => body,
  project: () => ({}),
};

/** A name is taken by the document of that id. Body: `uid`. */
export const workflowNamesCollection: CollectionDefinition = {
  name: "workflow-names",
  formatVersion: 1,
  upgrade: (body) => body,
  project: () => ({}),
};

/**
 * One document per tenant that every change of a definition touches: its revision tells whether what somebody
 * remembers of the tenant's definitions still holds. Body: `count`.
 */
export const workflowSetsCollection: CollectionDefinition = {
  name: "workflow-sets",
  formatVersion: 1,
  upgrade: (body) => body,
  project: () => ({}),
};

/** A definition as it stands in the database. */
export interface StoredWorkflow {
  revision: number;
  workflow: Workflow;
}

/** On whose behalf a definition is changed. */
export interface Author {
  tenantUid: string;
  tenant: string;
  principal: string;
}

/** The state of a tenant's definitions as a whole. */
export interface WorkflowSet {
  /** 0: there has never been one. */
  revision: number;
  count: number;
}

/** Definitions in and out of the database, each change with the event that reports it. */
export class WorkflowStore {
  readonly #documents: DocumentStore;
  readonly #clock: Clock;
  readonly #ids: Ids;

  constructor({ documents, clock, ids }: { documents: DocumentStore; clock: Clock; ids: Ids }) {
    this.#documents = documents;
    this.#clock = clock;
    this.#ids = ids;
  }

  async findByName(tenantUid: string, name: string): Promise<StoredWorkflow | undefined> {
    const taken = await this.#documents.get(nameKey(tenantUid, name));
    if (taken === undefined) return undefined;
    const document = await this.#documents.get(workflowKey(tenantUid, taken.body.uid as string));
    return document && storedWorkflowOf(document);
  }

  async set(tenantUid: string): Promise<WorkflowSet> {
    const document = await this.#documents.get(setKey(tenantUid));
    return { revision: document?.revision ?? 0, count: (document?.body.count as number | undefined) ?? 0 };
  }

  /** Inserts a definition. `set` is what it was decided on; throws CommitConflict when that has changed. */
  async insert(author: Author, workflow: Workflow, set: WorkflowSet, beside: Write[]): Promise<void> {
    const { tenantUid } = author;
    await commitOrThrow(this.#documents, this.#ids, [
      { kind: "insert", key: nameKey(tenantUid, workflow.name), body: { uid: workflow.uid } },
      { kind: "insert", key: workflowKey(tenantUid, workflow.uid), body: bodyOf(workflow) },
      touch(tenantUid, set, 1),
      this.#event(author, workflow, 1, "slipway.workflow.applied"),
      ...beside,
    ]);
  }

  /** Replaces a definition; throws CommitConflict when it or the set has changed. */
  async replace(
    author: Author,
    before: StoredWorkflow,
    workflow: Workflow,
    set: WorkflowSet,
    beside: Write[],
  ): Promise<void> {
    const { revision } = before;
    await commitOrThrow(this.#documents, this.#ids, [
      { kind: "replace", key: workflowKey(author.tenantUid, workflow.uid), revision, body: bodyOf(workflow) },
      touch(author.tenantUid, set, 0),
      this.#event(author, workflow, revision + 1, "slipway.workflow.applied"),
      ...beside,
    ]);
  }

  /** Only records the reply of a call that changed nothing. */
  async keepReply(beside: Write[]): Promise<void> {
    if (beside.length > 0) await commitOrThrow(this.#documents, this.#ids, beside);
  }

  /** Removes a definition and frees its name; throws CommitConflict when it or the set has changed. */
  async delete(author: Author, { workflow, revision }: StoredWorkflow, set: WorkflowSet): Promise<void> {
    const { tenantUid } = author;
    await commitOrThrow(this.#documents, this.#ids, [
      { kind: "delete", key: workflowKey(tenantUid, workflow.uid), revision },
      { kind: "delete", key: nameKey(tenantUid, workflow.name), revision: 1 },
      touch(tenantUid, set, -1),
      this.#event(author, workflow, revision + 1, "slipway.workflow.deleted"),
    ]);
  }

  /** One page, oldest first. */
  async list(
    tenantUid: string,
    page: { pageSize: number; pageToken: string },
  ): Promise<{ workflows: StoredWorkflow[]; nextPageToken: string }> {
    const query = { tenant: tenantUid, collection: workflowsCollection.name };
    const { documents, nextPageToken } = await listPage(this.#documents, query, page);
    return { workflows: documents.map(storedWorkflowOf), nextPageToken };
  }

  #event(author: Author, workflow: Workflow, aggregateRevision: number, type: string): Write {
    const { tenantUid, tenant, principal: actor } = author;
    const { name: subject, uid: subjectUid } = workflow;
    const payload = toJson(WorkflowSchema, withoutHeaderValues(workflow)) as JsonObject;
    const change = { tenantUid, tenant, type, subject, subjectUid, aggregateRevision, actor, payload };
    return eventWrite(change, { clock: this.#clock, ids: this.#ids });
  }
}

/** The resource as clients see it. */
export function workflowOf({ workflow, revision }: StoredWorkflow): Workflow {
  return { ...workflow, etag: etagOf(revision) };
}

function storedWorkflowOf({ revision, body }: StoredDocument): StoredWorkflow {
  return { revision, workflow: fromJson(WorkflowSchema, body.resource as JsonObject) };
}

function bodyOf(workflow: Workflow): JsonObject {
  return { resource: toJson(WorkflowSchema, { ...workflow, etag: "" }) as JsonObject };
}

function touch(tenantUid: string, { revision, count }: WorkflowSet, change: number): Write {
  const key = setKey(tenantUid);
  const body = { count: count + change };
  return revision === 0 ? { kind: "insert", key, body } : { kind: "replace", key, revision, body };
}

function workflowKey(tenantUid: string, uid: string): DocumentKey {
  return { tenant: tenantUid, collection: workflowsCollection.name, id: uid };
}

function nameKey(tenantUid: string, name: string): DocumentKey {
  return { tenant: tenantUid, collection: workflowNamesCollection.name, id: name };
}

function setKey(tenantUid: string): DocumentKey {
  return { tenant: tenantUid, collection: workflowSetsCollection.name, id: "set" };
}

import { fromJson, toJson } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import type {
  CollectionDefinition,
  DocumentKey,
  DocumentStore,
  Filter,
  JsonObject,
  Ordering,
  StoredDocument,
  Write,
} from "@slipway/documents";
import { eventWrite } from "@slipway/events";
import { type Run, RunSchema, RunState } from "@slipway/gen/slipway/workflow/v1/run_pb.js";
import { CommitConflict, commitOrThrow, etagOf, listPage } from "@slipway/resources";
import type { Clock, Ids } from "@slipway/runtime";
import { type Lane, laneOf } from "./lane.ts";
import { dueMs, hasEnded } from "./run.ts";
import type { RunChanges } from "./run-changes.ts";
import type { RunRecord, StoredRun } from "./run-record.ts";

/**
 * Body: `resource` (ProtoJSON of Run without etag), `tenantUid` and the rest of RunRecord, and `dueMs`. The number
 * `due` is what the sweeper looks for; the term of the lane lets it look past lanes that have enough to do.
 */
export const runsCollection: CollectionDefinition = {
  name: "runs",
  formatVersion: 1,
  upgrade: (body) => body,
  project: (body) => {
    const run = fromJson(RunSchema, body.resource as JsonObject);
    const { tenant } = body as { tenant: string };
    const own = `tenants/${tenant}/`;
    const terms = [
      `state:${RunState[run.state]}`,
      `workflow:${run.workflow}`,
      `workflow:${run.workflow.replace("workflows/", "")}`,
      `creator:${run.creator}`,
      ...(run.eventId === "" ? [] : [`event:${run.eventId}`]),
      ...(run.subjectUid === "" ? [] : [`subject-uid:${run.subjectUid}`]),
      // With and without its tenant, as names are accepted everywhere.
      ...(run.subject === "" ? [] : [`subject:${run.subject}`, `subject:${run.subject.replace(own, "")}`]),
    ];
    const createMs = run.createTime === undefined ? 0 : timestampMs(run.createTime);
    return { terms: [...new Set(terms)], numbers: { create_time: createMs } };
  },
  projectAcrossTenants: ({ resource, tenantUid, dueMs }) => {
    if (typeof dueMs !== "number") return {};
    const lane = laneOf(tenantUid as string, String((resource as JsonObject).workflow));
    return { terms: [laneTerm(lane)], numbers: { due: dueMs } };
  },
};

/** Term of the runs of a lane. */
export function laneTerm(lane: Lane): string {
  return `lane:${lane}`;
}

/** Runs in and out of the database, each change with the event that reports it. */
export class RunStore {
  readonly #documents: DocumentStore;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #changes: RunChanges;

  constructor(ports: { documents: DocumentStore; clock: Clock; ids: Ids; changes: RunChanges }) {
    this.#documents = ports.documents;
    this.#clock = ports.clock;
    this.#ids = ports.ids;
    this.#changes = ports.changes;
  }

  async get(tenantUid: string, uid: string): Promise<StoredRun | undefined> {
    const document = await this.#documents.get(keyOf(tenantUid, uid));
    return document && storedRunOf(document);
  }

  /** Inserts a run and reports it, together with `beside`. Undefined when there is one of this uid. */
  async insert(tenantUid: string, record: RunRecord, beside: Write[] = []): Promise<StoredRun | undefined> {
    const insert: Write = { kind: "insert", key: keyOf(tenantUid, record.run.uid), body: bodyOf(tenantUid, record) };
    const stored = { tenantUid, revision: 1, record };
    const events = [this.#event(stored, "slipway.run.created")];
    if (hasEnded(record)) events.push(this.#event(stored, "slipway.run.finished"));
    return this.#commit([insert, ...events, ...beside], stored);
  }

  /** Replaces a run, and reports its end. Undefined when somebody else changed it since it was read. */
  async replace(before: StoredRun, record: RunRecord): Promise<StoredRun | undefined> {
    const { tenantUid, revision } = before;
    const key = keyOf(tenantUid, record.run.uid);
    const replace: Write = { kind: "replace", key, revision, body: bodyOf(tenantUid, record) };
    const stored = { tenantUid, revision: revision + 1, record };
    return this.#commit([replace, ...(hasEnded(record) ? [this.#event(stored, "slipway.run.finished")] : [])], stored);
  }

  async list(
    tenantUid: string,
    query: { filter: Filter | undefined; ordering: Ordering },
    page: { pageSize: number; pageToken: string },
  ): Promise<{ runs: StoredRun[]; nextPageToken: string }> {
    const { filter, ordering } = query;
    const whole = { tenant: tenantUid, collection: runsCollection.name, ordering, ...(filter && { filter }) };
    const { documents, nextPageToken } = await listPage(this.#documents, whole, page);
    return { runs: documents.map(storedRunOf), nextPageToken };
  }

  async #commit(writes: Write[], stored: StoredRun): Promise<StoredRun | undefined> {
    try {
      await commitOrThrow(this.#documents, this.#ids, writes);
      this.#changes.tell(stored);
      return stored;
    } catch (error) {
      if (error instanceof CommitConflict && error.failedWrite === 0) return undefined;
      throw error;
    }
  }

  #event({ tenantUid, revision, record }: StoredRun, type: string): Write {
    const { run, tenant } = record;
    const change = {
      tenantUid,
      tenant,
      type,
      subject: run.name,
      subjectUid: run.uid,
      aggregateRevision: revision,
      actor: run.creator,
      payload: toJson(RunSchema, withoutData(run)) as JsonObject,
    };
    return eventWrite(change, { clock: this.#clock, ids: this.#ids });
  }
}

/** The resource as clients see it. */
export function runOf({ record, revision }: StoredRun): Run {
  return { ...record.run, etag: etagOf(revision) };
}

/** A run out of its document. */
export function storedRunOf({ key, revision, body }: StoredDocument): StoredRun {
  const { resource, tenant, artifact, event, lastToken, control } = body as unknown as RunBody;
  const run = fromJson(RunSchema, resource);
  return { tenantUid: key.tenant, revision, record: { run, tenant, artifact, event, lastToken, control } };
}

type RunBody = Omit<RunRecord, "run"> & { resource: JsonObject };

function keyOf(tenantUid: string, uid: string): DocumentKey {
  return { tenant: tenantUid, collection: runsCollection.name, id: uid };
}

function bodyOf(tenantUid: string, record: RunRecord): JsonObject {
  const { run, artifact, event, ...rest } = record;
  const due = dueMs(record);
  const body = {
    resource: toJson(RunSchema, run),
    tenantUid,
    ...rest,
    ...(artifact === undefined ? {} : { artifact }),
    ...(event === undefined ? {} : { event }),
    ...(due === undefined ? {} : { dueMs: due }),
  };
  return body as unknown as JsonObject;
}

/** Inputs and outputs may be large, and whoever is told of a run can read it. */
function withoutData({ input: _, ...run }: Run): Run {
  return { ...run, steps: run.steps.map(({ output: __, ...step }) => step) };
}

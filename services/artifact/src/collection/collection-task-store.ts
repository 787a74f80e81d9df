import type { CollectionDefinition, DocumentStore, JsonObject, StoredDocument, Write } from "@slipway/documents";
import type { Ids } from "@slipway/runtime";
import type { CollectionTask } from "./collection-task.ts";

/** Body: `task`, `dueMs`. The id is a uid. */
export const collectionTasksCollection: CollectionDefinition = {
  name: "collection-tasks",
  formatVersion: 1,
  upgrade: (body) => body,
  project: projectDue,
  projectAcrossTenants: projectDue,
};

function projectDue({ dueMs }: JsonObject) {
  return { numbers: { due: dueMs as number } };
}

export interface StoredTask {
  task: CollectionTask;
  /** The write that says that it is done. */
  doneWrite: Write;
}

/** What the collector has to do, of all tenants. */
export class CollectionTaskStore {
  readonly #documents: DocumentStore;
  readonly #ids: Ids;

  constructor(ports: { documents: DocumentStore; ids: Ids }) {
    this.#documents = ports.documents;
    this.#ids = ports.ids;
  }

  /** Some tasks of a tenant whose time has come, those due first at the front. */
  async due(tenantUid: string, nowMs: number, limit: number): Promise<StoredTask[]> {
    const { documents } = await this.#documents.query({
      tenant: tenantUid,
      collection: collectionTasksCollection.name,
      filter: { number: "due", max: nowMs },
      ordering: { by: { number: "due" }, direction: "ascending" },
      limit,
    });
    return documents.map(storedTaskOf);
  }

  /** The write of a new task, to be done from `dueMs` on. */
  insertWrite(tenantUid: string, task: CollectionTask, dueMs: number): Write {
    const key = { tenant: tenantUid, collection: collectionTasksCollection.name, id: this.#ids.uid() };
    return { kind: "insert", key, body: { task: { ...task } as JsonObject, dueMs } };
  }
}

function storedTaskOf({ key, revision, body }: StoredDocument): StoredTask {
  return { task: body.task as CollectionTask, doneWrite: { kind: "delete", key, revision } };
}

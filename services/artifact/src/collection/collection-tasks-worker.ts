import type { ObjectStore } from "@slipway/objects";
import { type Clock, faultPoint } from "@slipway/runtime";
import type { ArtifactStore } from "../artifacts/artifact-store.ts";
import type { InspectionStore } from "../inspection/inspection-store.ts";
import type { RecipeStore } from "../recipes/recipe-store.ts";
import type { CollectionLease } from "./collection-lease-worker.ts";
import type { CollectionTask } from "./collection-task.ts";
import type { CollectionTaskStore, StoredTask } from "./collection-task-store.ts";
import type { UnusedChunks } from "./unused-chunks-worker.ts";
import type { UnusedRecipes } from "./unused-recipes-worker.ts";

const TASKS_A_STEP = 10;
/** Deletions under way at once. */
const DELETIONS_AT_ONCE = 16;

export interface CollectionTasksParts {
  clock: Clock;
  objects: ObjectStore;
  artifacts: ArtifactStore;
  inspections: InspectionStore;
  recipes: RecipeStore;
  tasks: CollectionTaskStore;
  unusedRecipes: UnusedRecipes;
  unusedChunks: UnusedChunks;
}

/** Does what the collector has noted. Each task may be cut off anywhere and done again. */
export class CollectionTasks {
  readonly #parts: CollectionTasksParts;

  constructor(parts: CollectionTasksParts) {
    this.#parts = parts;
  }

  /** Does some tasks whose time has come. Returns how many, and what of the object store they gave back. */
  async step(lease: CollectionLease): Promise<{ done: number; chunks: number; bytes: number }> {
    const { tasks, clock } = this.#parts;
    const due = await tasks.due(lease.tenantUid, clock.nowMs(), TASKS_A_STEP);
    const counts = { done: due.length, chunks: 0, bytes: 0 };
    for (const stored of due) {
      await lease.renew();
      await this.#do(lease, stored);
      if (stored.task.kind !== "OBJECTS") continue;
      counts.chunks += stored.task.objects.length;
      counts.bytes += stored.task.sizeBytes;
    }
    return counts;
  }

  async #do(lease: CollectionLease, { task, doneWrite }: StoredTask): Promise<void> {
    const { unusedRecipes, unusedChunks, inspections } = this.#parts;
    switch (task.kind) {
      case "FILES":
        await unusedRecipes.consider(lease, task.sha256s);
        break;
      case "CHUNKS":
        await unusedChunks.consider(lease, task.sha256s);
        break;
      case "ARTIFACT": {
        await this.#removeArtifactPages(lease, task.pagesUid, task.pageCount);
        const reports = await inspections.deleteWrites(lease.tenantUid, task.digest);
        if (reports.length > 0) await lease.commit(reports);
        break;
      }
      case "RECIPE":
        await this.#removeRecipePages(lease, task.recipeUid, task.pageCount);
        break;
      case "OBJECTS":
        await this.#deleteObjects(task.objects);
        break;
    }
    await lease.commit([doneWrite]);
  }

  async #removeArtifactPages(lease: CollectionLease, pagesUid: string, pageCount: number): Promise<void> {
    const { artifacts } = this.#parts;
    for (let number = 0; number < pageCount; number += 1) {
      await lease.renew();
      const page = await artifacts.storedPage(lease.tenantUid, pagesUid, number);
      if (page === undefined) continue;
      const sha256s = [...new Set(page.files.map(({ sha256 }) => sha256))];
      await lease.commit([page.deleteWrite, this.#newTask(lease, { kind: "FILES", sha256s })]);
      faultPoint("artifact.collection.artifact-page-removed");
    }
  }

  async #removeRecipePages(lease: CollectionLease, recipeUid: string, pageCount: number): Promise<void> {
    const { recipes } = this.#parts;
    for (let number = 0; number < pageCount; number += 1) {
      await lease.renew();
      const page = await recipes.storedPage(lease.tenantUid, recipeUid, number);
      if (page === undefined) continue;
      const sha256s = [...new Set(page.sha256s)];
      await lease.commit([page.deleteWrite, this.#newTask(lease, { kind: "CHUNKS", sha256s })]);
      faultPoint("artifact.collection.recipe-page-removed");
    }
  }

  /** No document names them any more, and none ever will: see chunkObjectKey. */
  async #deleteObjects(keys: readonly string[]): Promise<void> {
    for (let from = 0; from < keys.length; from += DELETIONS_AT_ONCE) {
      const some = keys.slice(from, from + DELETIONS_AT_ONCE);
      await Promise.all(some.map((key) => this.#parts.objects.delete(key)));
      faultPoint("artifact.collection.objects-deleted");
    }
  }

  #newTask({ tenantUid }: CollectionLease, task: CollectionTask) {
    return this.#parts.tasks.insertWrite(tenantUid, task, this.#parts.clock.nowMs());
  }
}

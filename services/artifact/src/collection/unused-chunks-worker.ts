import { type Clock, faultPoint } from "@slipway/runtime";
import { isOwnObject } from "../chunks/chunk.ts";
import type { ChunkStore, KnownChunk } from "../chunks/chunk-store.ts";
import type { RecipeStore } from "../recipes/recipe-store.ts";
import type { CollectionLease } from "./collection-lease-worker.ts";
import type { CollectionTask } from "./collection-task.ts";
import type { CollectionTaskStore } from "./collection-task-store.ts";
import { removable } from "./removable.ts";

/** Chunks looked at together. */
const CHUNKS_A_BATCH = 200;

export interface UnusedChunksParts {
  clock: Clock;
  chunks: ChunkStore;
  recipes: RecipeStore;
  tasks: CollectionTaskStore;
}

/** Condemns and removes chunks that are in no recipe, proven or not. */
export class UnusedChunks {
  readonly #parts: UnusedChunksParts;

  constructor(parts: UnusedChunksParts) {
    this.#parts = parts;
  }

  /** Condemns those of these chunks that nothing uses. */
  async consider(lease: CollectionLease, sha256s: readonly string[]): Promise<void> {
    const { chunks, clock } = this.#parts;
    const { tenantUid, epoch } = lease;
    for (let from = 0; from < sha256s.length; from += CHUNKS_A_BATCH) {
      await lease.renew();
      const found = await chunks.getMany(tenantUid, sha256s.slice(from, from + CHUNKS_A_BATCH));
      const { unused } = await this.#split(
        tenantUid,
        found.filter(({ condemned }) => condemned === undefined),
      );
      const condemned = { epoch, atMs: clock.nowMs() };
      const marked = await lease.commitMost(
        unused,
        (chunk) => chunks.condemnationWrite(tenantUid, chunk, condemned),
        () => [],
      );
      if (marked.length > 0) faultPoint("artifact.collection.chunks-condemned");
    }
  }

  /** Decides on some condemned ones that no upload can be about to use. Returns how many. */
  async step(lease: CollectionLease, oldestOpenEpoch: number | undefined): Promise<number> {
    const { chunks, tasks, clock } = this.#parts;
    const { tenantUid } = lease;
    const nowMs = clock.nowMs();
    const found = await chunks.condemned(tenantUid, removable(lease.epoch, oldestOpenEpoch, nowMs), CHUNKS_A_BATCH);
    const { used, unused } = await this.#split(tenantUid, found);
    const rescued = await lease.commitMost(
      used,
      (chunk) => chunks.condemnationWrite(tenantUid, chunk, undefined),
      () => [],
    );
    const removed = await lease.commitMost(
      unused,
      (chunk) => chunks.deleteWrite(tenantUid, chunk),
      (gone) => [tasks.insertWrite(tenantUid, objectsOf(tenantUid, gone), nowMs)],
    );
    if (removed.length > 0) faultPoint("artifact.collection.chunks-removed");
    return rescued.length + removed.length;
  }

  /** Whether any waits for its removal. */
  async isAnyCondemned(tenantUid: string): Promise<boolean> {
    return (await this.#parts.chunks.condemned(tenantUid, { number: "condemned" }, 1)).length > 0;
  }

  async #split(tenantUid: string, chunks: readonly KnownChunk[]) {
    const { recipes } = this.#parts;
    const pages = await Promise.all(chunks.map(({ sha256 }) => recipes.countPagesWith(tenantUid, sha256, 1)));
    return {
      used: chunks.filter((_, index) => pages[index] !== 0),
      unused: chunks.filter((_, index) => pages[index] === 0),
    };
  }
}

/** An object that holds other things than the chunk stays: deleting it is not this chunk's business. */
function objectsOf(tenantUid: string, chunks: readonly KnownChunk[]): CollectionTask {
  const own = chunks.filter(({ sha256, place }) => isOwnObject(tenantUid, sha256, place.object));
  return {
    kind: "OBJECTS",
    objects: own.map(({ place }) => place.object),
    sizeBytes: own.reduce((sum, { place }) => sum + place.lengthBytes, 0),
  };
}

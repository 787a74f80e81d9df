import type { ObjectEntry, ObjectStore } from "@slipway/objects";
import type { Clock } from "@slipway/runtime";
import { chunkOfObject } from "../chunks/chunk.ts";
import type { ChunkStore } from "../chunks/chunk-store.ts";
import type { RecipeStore } from "../recipes/recipe-store.ts";
import type { CollectionLease } from "./collection-lease-worker.ts";
import { advanced, firstRound, ROUND_EVERY_MS, YOUNG_MS } from "./collection-round.ts";
import type { UnusedChunks } from "./unused-chunks-worker.ts";
import type { UnusedRecipes } from "./unused-recipes-worker.ts";

/** Documents, or objects, looked at together. */
const LOOKED_AT_TOGETHER = 500;
/** Keys of chunks begin with two hexadecimal digits. */
const PREFIXES = 256;
/**
 * An object that no document names is deleted when its put is older: the document follows within seconds, or never. Far
 * longer than any process stands still and then goes on.
 */
const LOST_OBJECT_MS = 7 * 24 * 60 * 60 * 1000;

export interface CollectionRoundsParts {
  clock: Clock;
  objects: ObjectStore;
  recipes: RecipeStore;
  chunks: ChunkStore;
  unusedRecipes: UnusedRecipes;
  unusedChunks: UnusedChunks;
}

/** Looks at everything once a week: at what an upload that broke off has left behind, and no task names. */
export class CollectionRounds {
  readonly #parts: CollectionRoundsParts;

  constructor(parts: CollectionRoundsParts) {
    this.#parts = parts;
  }

  /** One bounded step of the round; begins one when it is time. Returns whether there was one, and what came back. */
  async step(lease: CollectionLease): Promise<{ looked: boolean; chunks: number; bytes: number }> {
    const { clock } = this.#parts;
    const nowMs = clock.nowMs();
    const round = lease.round ?? (lease.nextRoundMs <= nowMs ? firstRound(nowMs) : undefined);
    const freed = { chunks: 0, bytes: 0 };
    if (round === undefined) return { looked: false, ...freed };
    let nextPlace: number | undefined;
    if (round.phase === "OBJECTS") {
      for await (const { sizeBytes } of this.#removeLostObjects(lease.tenantUid, round.place)) {
        freed.chunks += 1;
        freed.bytes += sizeBytes;
      }
      nextPlace = round.place + 1 < PREFIXES ? round.place + 1 : undefined;
    } else {
      const { recipes, chunks, unusedRecipes, unusedChunks } = this.#parts;
      const [store, unused] = round.phase === "RECIPES" ? [recipes, unusedRecipes] : [chunks, unusedChunks];
      const part = { beforeMs: nowMs - YOUNG_MS, after: round.place, limit: LOOKED_AT_TOGETHER };
      const { ids, next } = await store.createdBefore(lease.tenantUid, part);
      await unused.consider(lease, ids);
      nextPlace = next;
    }
    await lease.noteRound(advanced(round, nextPlace), round.startedMs + ROUND_EVERY_MS);
    return { looked: true, ...freed };
  }

  async *#removeLostObjects(tenantUid: string, prefix: number): AsyncIterable<ObjectEntry> {
    const digits = prefix.toString(16).padStart(2, "0");
    let entries: ObjectEntry[] = [];
    for await (const entry of this.#parts.objects.list(`${tenantUid}/chunks/${digits}/`)) {
      entries.push(entry);
      if (entries.length < LOOKED_AT_TOGETHER) continue;
      yield* this.#removeLost(tenantUid, entries);
      entries = [];
    }
    yield* this.#removeLost(tenantUid, entries);
  }

  async *#removeLost(tenantUid: string, entries: readonly ObjectEntry[]): AsyncIterable<ObjectEntry> {
    const { chunks, objects, clock } = this.#parts;
    const old = entries.filter(({ key }) => {
      const putMs = chunkOfObject(key)?.putMs;
      return putMs !== undefined && putMs < clock.nowMs() - LOST_OBJECT_MS;
    });
    const sha256s = new Set(old.map(({ key }) => chunkOfObject(key)?.sha256 ?? ""));
    const named = new Set((await chunks.getMany(tenantUid, [...sha256s])).map(({ place }) => place.object));
    for (const entry of old) {
      if (named.has(entry.key)) continue;
      await objects.delete(entry.key);
      yield entry;
    }
  }
}

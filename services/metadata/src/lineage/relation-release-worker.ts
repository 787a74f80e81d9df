import type { Write } from "@slipway/documents";
import type { Actor, ChangeStore } from "../changes/change-store.ts";
import type { VersionStore } from "../versions/version-store.ts";
import { isVersion, type StoredRelation } from "./relation.ts";
import { relationSubject } from "./relation-event.ts";
import type { RelationStore } from "./relation-store.ts";

export interface RelationReleaseWorkerOptions {
  versions: VersionStore;
  relations: RelationStore;
  changes: ChangeStore;
}

/**
 * Removes the relations of versions that are purged and from which nothing that is left came. The others stay: what came
 * from them also came from what they came from.
 */
export class RelationReleaseWorker {
  readonly #options: RelationReleaseWorkerOptions;

  constructor(options: RelationReleaseWorkerOptions) {
    this.#options = options;
  }

  /** Its own relations, if nothing came from a version; each costs two writes, so at most 200. */
  async releasable(tenantUid: string, uid: string): Promise<StoredRelation[]> {
    const { relations } = this.#options;
    if (await relations.hasDescendants(tenantUid, uid)) return [];
    return relations.touching(tenantUid, "source", [uid]);
  }

  /** The writes that remove relations, with their events. */
  writes(by: Actor, removed: readonly StoredRelation[]): Write[] {
    const { relations, changes } = this.#options;
    return removed.flatMap((relation) => [
      relations.remove(by.tenantUid, relation),
      changes.event(by, "slipway.relation.removed", relationSubject(relation)),
    ]);
  }

  /**
   * Removes the relations of versions that are about to be purged, by uid, and of those purged earlier from which only
   * these came. Nobody may add relations to them meanwhile. Throws CommitConflict when somebody removes one at the same
   * moment; it may be run again from the start.
   */
  async release(by: Actor, uids: Iterable<string>): Promise<void> {
    const going = new Set(uids);
    const waiting = [...going];
    for (let uid = waiting.pop(); uid !== undefined; uid = waiting.pop()) {
      const removed = await this.releasable(by.tenantUid, uid);
      await this.#options.changes.commit(this.writes(by, removed));
      waiting.push(...(await this.#goneAbove(by.tenantUid, removed, going)));
    }
  }

  /** Goes on where relations were removed: with what was purged earlier and stayed only because of them. */
  async releaseAbove(by: Actor, removed: readonly StoredRelation[]): Promise<void> {
    await this.release(by, await this.#goneAbove(by.tenantUid, removed, new Set()));
  }

  /** What the sources came from, of that what is purged or about to be. */
  async #goneAbove(
    tenantUid: string,
    removed: readonly StoredRelation[],
    going: ReadonlySet<string>,
  ): Promise<string[]> {
    const points = removed.map(({ target }) => target).filter(isVersion);
    const left = await this.#options.versions.atPoints(tenantUid, points);
    return points.map(({ id }) => id).filter((id) => going.has(id) || !left.has(id));
  }
}

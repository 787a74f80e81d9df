import type { Write } from "@slipway/documents";
import type { Actor, ChangeStore } from "../changes/change-store.ts";
import type { VersionStore } from "../versions/version-store.ts";
import { isVersion, type VersionPoint } from "./relation.ts";
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

  /**
   * Plans for a version that is purged, so that nobody adds relations to it any more: the at most 200 writes that remove
   * its relations with their events, none where something came from it; and of what it came from that which is purged
   * too, and may now be released in its turn.
   */
  async release(by: Actor, uid: string): Promise<{ writes: Write[]; above: VersionPoint[] }> {
    const { versions, relations, changes } = this.#options;
    if (await relations.hasDescendants(by.tenantUid, uid)) return { writes: [], above: [] };
    const removed = await relations.touching(by.tenantUid, "source", [uid]);
    const writes = removed.flatMap((relation) => [
      relations.remove(by.tenantUid, relation),
      changes.event(by, "slipway.relation.removed", relationSubject(relation)),
    ]);
    const points = removed.map(({ target }) => target).filter(isVersion);
    const left = await versions.atPoints(by.tenantUid, points);
    return { writes, above: points.filter(({ id }) => !left.has(id)) };
  }
}

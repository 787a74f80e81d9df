import { isDescent, isVersion, type StoredRelation, type VersionPoint } from "./relation.ts";

/** Versions that a look for a circle reads at most. */
export const MAXIMUM_ANCESTORS = 10_000;

/** Each has at most 100 relations. */
const VERSIONS_AT_ONCE = 100;

/** Reads the relations that have one of these versions as their source. */
export type RelationsOf = (ids: readonly string[]) => Promise<StoredRelation[]>;

/**
 * The relations by which `from` came from `to`, a shortest way, nearest first; empty where they are one version, undefined
 * where it did not come from it. "TOO_LARGE": more than `limit` ancestors were seen without an end.
 */
export async function wayUp(
  from: VersionPoint,
  to: VersionPoint,
  relationsOf: RelationsOf,
  limit = MAXIMUM_ANCESTORS,
): Promise<StoredRelation[] | undefined | "TOO_LARGE"> {
  /** By the id of a version, the relation by which it was reached. */
  const reached = new Map<string, StoredRelation | undefined>([[from.id, undefined]]);
  const waiting = [from.id];
  while (waiting.length > 0) {
    if (reached.has(to.id)) return wayTo(to.id, reached);
    if (reached.size > limit) return "TOO_LARGE";
    for (const relation of await relationsOf(waiting.splice(0, VERSIONS_AT_ONCE))) {
      const { target } = relation;
      if (!isDescent(relation) || !isVersion(target) || reached.has(target.id)) continue;
      reached.set(target.id, relation);
      waiting.push(target.id);
    }
  }
  return reached.has(to.id) ? wayTo(to.id, reached) : undefined;
}

function wayTo(id: string, reached: ReadonlyMap<string, StoredRelation | undefined>): StoredRelation[] {
  const way: StoredRelation[] = [];
  for (let relation = reached.get(id); relation !== undefined; relation = reached.get(relation.source.id)) {
    way.unshift(relation);
  }
  return way;
}

/** Versions of a path that an error shows; the ones between are counted. */
const SHOWN = 8;

/** The versions of a path from the oldest on, shortened in the middle: `a → b → c`. */
export function pathInWords(names: readonly string[]): string {
  const half = SHOWN / 2;
  const left = names.length - SHOWN;
  const shown = left <= 1 ? names : [...names.slice(0, half), `${left} more`, ...names.slice(-half)];
  return shown.join(" → ");
}

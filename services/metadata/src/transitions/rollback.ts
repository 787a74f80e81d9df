import type { StagePolicy } from "@slipway/gen/slipway/metadata/v1/stage_policy_pb.js";
import { firstStage, stageOf } from "../policies/policy.ts";
import { isPublished, type StoredVersion } from "../versions/version.ts";
import { baseOf, type StoredEntry } from "./stage-entry.ts";

/** How a version comes back. */
export interface Return {
  version: StoredVersion;
  /** Ordinal of the entry that is brought back. */
  restored: number;
}

/**
 * The version that was in a stage before the current entry, or at last where nothing is there now. Entries that a
 * rollback took out are passed over, and so is what is no longer published. `entries` are those of the stage, the last
 * one first; `versionOf` reads one by its number.
 */
export async function versionBefore(
  current: StoredEntry | undefined,
  entries: AsyncIterable<StoredEntry>,
  versionOf: (number: string) => Promise<StoredVersion | undefined>,
): Promise<Return | undefined> {
  let bound = current === undefined ? Number.POSITIVE_INFINITY : baseOf(current);
  const gone = new Set<string>(current === undefined ? [] : [current.entry.version]);
  for await (const entry of entries) {
    if (Number(entry.entry.ordinal) >= bound) continue;
    bound = baseOf(entry);
    const { version: number } = entry.entry;
    if (gone.has(number)) continue;
    const version = await versionOf(number);
    if (version !== undefined && isPublished(version)) return { version, restored: bound };
    gone.add(number);
  }
  return undefined;
}

/**
 * Where the version goes that a rollback takes out of a stage: where displaced ones go, else where it came from, unless
 * that is gone or takes one version only. Undefined where there is no other stage for it.
 */
export function stageAfterRollback(policy: StagePolicy, stage: string, current: StoredEntry): string | undefined {
  const { exclusive = false, displacedTo } = stageOf(policy, stage) ?? {};
  if (exclusive) return displacedTo;
  const places = [current.from, firstStage(policy).name];
  return places.find((place) => place !== stage && stageOf(policy, place)?.exclusive === false);
}

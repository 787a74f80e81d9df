import { changedModel, type StoredModel } from "../models/model.ts";
import { isComparable, isPublished, type StoredVersion } from "./version.ts";
import { higherNumber, isStable } from "./version-number.ts";

/** Which of its versions a model knows by rank. */
export interface Ranking {
  /** The highest stable published number; empty without one. */
  latestVersion: string;
  /** The highest stable number whose version is neither rejected nor deleted. */
  comparable: string | undefined;
}

/** What a model knows by rank. */
export function rankingOf({ model, counters }: StoredModel): Ranking {
  return { latestVersion: model.latestVersion, comparable: counters.comparable };
}

/** A ranking once a version has become what it is now. */
export function rankingWith({ latestVersion, comparable }: Ranking, stored: StoredVersion): Ranking {
  const { number } = stored.version;
  const isLatest = isPublished(stored) && isStable(number);
  return {
    latestVersion: isLatest ? (higherNumber(latestVersion || undefined, number) ?? "") : latestVersion,
    comparable: isComparable(stored) ? higherNumber(comparable, number) : comparable,
  };
}

/** The model with a ranking; also to hold it until the commit is through, since aliases stand in it. */
export function rankedModel(stored: StoredModel, nowMs: number, { latestVersion, comparable }: Ranking): StoredModel {
  return changedModel(stored, nowMs, { model: { latestVersion }, counters: { comparable } });
}

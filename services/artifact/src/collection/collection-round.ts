/** How far a look at everything has come: what is written only where a step went wrong is found by nothing else. */
export interface CollectionRound {
  startedMs: number;
  phase: "RECIPES" | "CHUNKS" | "OBJECTS";
  /** Recipes and chunks: the order key behind which it goes on. Objects: the number of the prefix, 0 to 255. */
  place: number;
}

/** From one look at everything to the next. */
export const ROUND_EVERY_MS = 7 * 24 * 60 * 60 * 1000;

/** What is younger may belong to an upload that is at work; it is seen the next time. */
export const YOUNG_MS = 2 * 24 * 60 * 60 * 1000;

const FOLLOWING = { RECIPES: "CHUNKS", CHUNKS: "OBJECTS", OBJECTS: undefined } as const;

export function firstRound(nowMs: number): CollectionRound {
  return { startedMs: nowMs, phase: "RECIPES", place: 0 };
}

/** The round at its next place, or in its next phase where there is none; undefined at its end. */
export function advanced(round: CollectionRound, nextPlace: number | undefined): CollectionRound | undefined {
  if (nextPlace !== undefined) return { ...round, place: nextPlace };
  const phase = FOLLOWING[round.phase];
  return phase && { ...round, phase, place: 0 };
}

import type { Signature } from "./signature.ts";

/** What one file tells about the model. Readers fill in what they come across, so that half a file still tells something. */
export interface Facts {
  framework?: string;
  signature?: Signature;
  parameterCount?: number;
  licence?: string;
}

/** Adds what a member of a container told: numbers add up, of everything else the first word counts. */
export function addFacts(facts: Facts, member: Facts): void {
  const { parameterCount, ...words } = member;
  Object.assign(facts, { ...words, ...facts });
  if (parameterCount !== undefined) facts.parameterCount = (facts.parameterCount ?? 0) + parameterCount;
}

/**
 * What is condemned goes when nobody can be about to use it: it is missing for look-ups from now on, and the uploads
 * that may have found it before have ended.
 */
export interface Condemnation {
  /** The tenant's epoch at that time: uploads of this epoch and of earlier ones may have found it. */
  epoch: number;
  atMs: number;
}

/** How long what is condemned stays for those who are reading it: longer than a download of 4 GiB at 2 MiB/s. */
export const CONDEMNED_MS = 60 * 60 * 1000;

/** What a document's body and projection hold of it: nothing where nothing is condemned. */
export function condemnationBody(condemned: Condemnation | undefined): {
  condemnedMs?: number;
  condemnedEpoch?: number;
} {
  return condemned === undefined ? {} : { condemnedMs: condemned.atMs, condemnedEpoch: condemned.epoch };
}

/** Reads back what condemnationBody wrote. */
export function condemnationOf(body: Record<string, unknown>): Condemnation | undefined {
  const { condemnedMs, condemnedEpoch } = body;
  if (typeof condemnedMs !== "number" || typeof condemnedEpoch !== "number") return undefined;
  return { atMs: condemnedMs, epoch: condemnedEpoch };
}

/** The numbers by which the collector finds what is condemned. */
export function condemnationNumbers(body: Record<string, unknown>): Record<string, number> {
  const condemned = condemnationOf(body);
  return condemned === undefined ? {} : { condemned: condemned.atMs, condemnedEpoch: condemned.epoch };
}

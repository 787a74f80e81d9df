/** Every place of this service where a fault test may kill the process; `npm test` hits each of them. */
export const metadataFaultPoints = [
  /** A version is asked for, nothing is claimed or written for it. */
  "metadata.version.acquiring",
  /** The version's reference is durable, the version is not. */
  "metadata.version.acquired",
  /** The version, its event and the reply are durable, the client does not know it yet. */
  "metadata.version.committed",
  /** Admission has decided, its outcome is not written. */
  "metadata.validation.deciding",
  /** The outcome and its events are durable, the run does not know it yet. */
  "metadata.validation.committed",
  /** What a transition comes to is about to be judged, nothing is written. */
  "metadata.transition.deciding",
  /** The transition, the moved versions, their history and the events are durable, the client does not know it yet. */
  "metadata.transition.committed",
  /** A model is marked as being purged, and some of its versions may be gone. */
  "metadata.model.purging",
  /** Versions are purged, some of what belonged to them is not removed yet. */
  "metadata.version.purged",
] as const;

export type MetadataFaultPoint = (typeof metadataFaultPoints)[number];

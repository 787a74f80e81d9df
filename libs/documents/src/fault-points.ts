/** Every place around a commit where a fault test may kill the process; `npm test` hits each of them. */
export const documentFaultPoints = [
  /** A group of commits is written, its transaction is not ended. */
  "documents.written",
  /** The transaction is durable, no caller knows it yet. */
  "documents.committed",
] as const;

export type DocumentFaultPoint = (typeof documentFaultPoints)[number];

/** Something that the collector has yet to do; written in the same commit as what makes it necessary. */
export type CollectionTask =
  /** Bytes of files that lost a user: whoever has none is condemned. At most 4,096. */
  | { kind: "FILES"; sha256s: string[] }
  /** An artifact that is gone: its pages and reports go. */
  | { kind: "ARTIFACT"; digest: string; pagesUid: string; pageCount: number }
  /** A recipe that is gone: its pages go. */
  | { kind: "RECIPE"; recipeUid: string; pageCount: number }
  /** Chunks that lost a user, at most 4,096: those that have none are condemned. */
  | { kind: "CHUNKS"; sha256s: string[] }
  /** Objects that nothing names any more, at most 500. */
  | { kind: "OBJECTS"; objects: string[]; sizeBytes: number };

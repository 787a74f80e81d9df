/** The bounds that document-store.ts promises, in one place for both engines. Characters are UTF-16 units. */
export const limits = {
  keyPartCharacters: 1024,
  collectionNameCharacters: 64,
  /** MongoDB nests at most 100 levels; the rest is room for what an engine wraps around a body. */
  bodyDepth: 64,
  /** MongoDB stores at most 16 MiB in one document, with the body, the terms and the numbers. */
  bodyCharacters: 8 * 1024 * 1024,
  commitCharacters: 64 * 1024 * 1024,
  writesPerCommit: 1000,
  keysPerGet: 1000,
  documentsPerPage: 1000,
  countCap: 1_000_000,
  terms: 4096,
  namedValues: 1024,
  nameCharacters: 256,
  termCharacters: 5000,
  filterNodes: 256,
  filterDepth: 32,
  /** How long the outcome of a commit is remembered. */
  outcomeKeptMs: 24 * 60 * 60 * 1000,
} as const;

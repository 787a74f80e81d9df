import type { FindingList } from "../finding-list.ts";
import type { Limits } from "../limits.ts";
import type { FileFacts } from "../walk/inspect-file.ts";

/** How files are read in isolation. */
export interface IsolatedOptions {
  readonly limits: Limits;
  readonly headersOnly: boolean;
  /** Ends the reading; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What came out of it. */
export interface IsolatedResult {
  readonly list: FindingList;
  readonly facts: FileFacts[];
}

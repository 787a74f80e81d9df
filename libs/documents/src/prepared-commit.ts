import type { Write } from "./document-store.ts";
import type { EntriesByListing } from "./index-entries.ts";

/** A write whose body was checked, turned into JSON text and projected. */
export interface PreparedWrite {
  kind: Write["kind"];
  tenant: string;
  collection: string;
  id: string;
  /** The expected revision; 0 for an insert. */
  revision: number;
  /** Of inserts and replaces. */
  content?: { body: string; entries: EntriesByListing };
}

/** A commit that was checked, as every engine takes it. */
export interface PreparedCommit {
  commitId: string;
  /** SHA-256 of the writes, to recognise a commit id that is used for something else. */
  fingerprint: string;
  nowMs: number;
  writes: PreparedWrite[];
}

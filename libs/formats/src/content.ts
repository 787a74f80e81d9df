import type { Cursor } from "./bytes/cursor.ts";
import type { Source } from "./bytes/source.ts";
import type { PickleSetting } from "./pickle/pickle-scan.ts";

/** Something with bytes: a file of the artifact, or a member of a container inside one. */
export interface Content {
  /** For findings: `outer.zip!inner/path`. */
  readonly path: string;
  /** The last part of the path, without the ending of a compression that was taken off; what it claims to be. */
  readonly name: string;
  /** Containers around it. */
  readonly depth: number;
  /** Undefined where only reading to the end tells. */
  readonly sizeBytes: number | undefined;
  /** What pickles in it may name. */
  readonly setting: PickleSetting;
  /** Random access, where there is one. */
  readonly source: Source | undefined;
  /** Starts reading at the first byte. Close the cursor. */
  open(): Promise<Cursor>;
}

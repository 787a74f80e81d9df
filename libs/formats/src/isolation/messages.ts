import type { Finding } from "../finding.ts";
import type { Limits } from "../limits.ts";
import type { FileFacts } from "../walk/inspect-file.ts";

/** What the reading thread is started with. */
export interface Task {
  readonly files: readonly { readonly path: string; readonly sizeBytes: number }[];
  /** Index of the first file to look at; those before it were looked at by an earlier thread. */
  readonly first: number;
  readonly limits: Limits;
  readonly headersOnly: boolean;
}

/** From the reading thread. */
export type FromReader =
  | {
      readonly kind: "read";
      readonly id: number;
      readonly file: number;
      readonly offset: number;
      readonly length: number;
    }
  | { readonly kind: "started"; readonly file: number }
  | { readonly kind: "finding"; readonly finding: Finding }
  | { readonly kind: "facts"; readonly facts: FileFacts }
  | { readonly kind: "done" };

/** To the reading thread: the bytes of a read. */
export interface ToReader {
  readonly id: number;
  readonly bytes: Uint8Array;
}

/** The most that one message asks for. */
export const LARGEST_READ_BYTES = 1024 * 1024;

/** How one call is made. */
export interface CallOptions {
  /** Cancels the call. */
  signal?: AbortSignal;
  /** How long to wait for the whole call; with `deadlineMs` too, the earlier one counts. Default: for ever. */
  timeoutMs?: number;
  /** Until when to wait, in milliseconds since 1970. */
  deadlineMs?: number;
  /** Headers of this call, beside those of the transport; names in lower case. */
  headers?: Readonly<Record<string, string>>;
  /** Told the headers of the answer once they arrive. */
  onHeaders?(headers: ReadonlyMap<string, string>): void;
}

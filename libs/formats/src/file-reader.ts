/** One file of an artifact, read by range. The caller decides where the bytes come from. */
export interface FileReader {
  /** Path inside the artifact: relative, `/`-separated. */
  readonly path: string;
  readonly sizeBytes: number;
  /**
   * Reads exactly `length` bytes from `offset`; only called inside `0 … sizeBytes`, at most 1 MiB a call.
   * A rejection is handed on unchanged to the caller of `inspect` or `summarize`: a store that is away is not a finding.
   */
  read(offset: number, length: number): Promise<Uint8Array>;
}

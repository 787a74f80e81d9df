/** What nothing needs: removed, or still there. */
export interface Garbage {
  artifacts: number;
  chunks: number;
  /** Of these chunks. */
  bytes: number;
}

/** How far a transfer is. Reported often; show it at your own pace. */
export interface Progress {
  phase: "hashing" | "sending" | "receiving";
  /** Bytes of all files that are through. */
  doneBytes: number;
  /** Those of them that were through without any work, because an earlier try or the other side had them. */
  skippedBytes: number;
  /** Bytes of all files. */
  totalBytes: number;
}

export type OnProgress = (progress: Progress) => void;

/** Adds up the bytes of several files at once. */
export class ProgressMeter {
  readonly #phase: Progress["phase"];
  readonly #totalBytes: number;
  readonly #report: OnProgress | undefined;
  #doneBytes = 0;
  #skippedBytes = 0;

  constructor(phase: Progress["phase"], totalBytes: number, report: OnProgress | undefined) {
    this.#phase = phase;
    this.#totalBytes = totalBytes;
    this.#report = report;
    this.#tell();
  }

  /** So many more bytes are through. */

  add(bytes: number): void {
    this.#doneBytes += bytes;
    this.#tell();
  }

  /** So many more bytes need no work. */
  skip(bytes: number): void {
    this.#skippedBytes += bytes;
    this.add(bytes);
  }

  #tell(): void {
    this.#report?.({
      phase: this.#phase,
      doneBytes: this.#doneBytes,
      skippedBytes: this.#skippedBytes,
      totalBytes: this.#totalBytes,
    });
  }
}

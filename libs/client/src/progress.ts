/** How far a transfer is. Reported often; show it at your own pace. */
export interface Progress {
  phase: "hashing" | "sending" | "receiving";
  /** Bytes of all files that are through. */
  doneBytes: number;
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

  constructor(phase: Progress["phase"], totalBytes: number, report: OnProgress | undefined) {
    this.#phase = phase;
    this.#totalBytes = totalBytes;
    this.#report = report;
    this.add(0);
  }

  add(bytes: number): void {
    this.#doneBytes += bytes;
    this.#report?.({ phase: this.#phase, doneBytes: this.#doneBytes, totalBytes: this.#totalBytes });
  }
}

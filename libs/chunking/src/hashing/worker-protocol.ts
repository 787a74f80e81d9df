/*
 * What a pool and its workers say to each other. A job is one file, or one half of the work on it: cutting it (and
 * hashing the chunks) and hashing it whole are two jobs, so that two cores can share one file. A job begins with its
 * first message. Bytes travel in slots: pieces of memory that all threads see (slots.ts).
 */

/** From the pool; a worker handles its messages one after the other. */
export type ToWorker =
  /** Cut on through the first `length` bytes of the slot. Answers: `chunk` for each cut, then `slotDone`. */
  | { kind: "cut"; job: number; slot: number; length: number }
  /** The file ends. Answers: `chunk` for what is left, if anything, then `cutEnd`. */
  | { kind: "cutEnd"; job: number }
  /** Hash on through the first `length` bytes of the slot. Answer: `slotDone`. */
  | { kind: "hash"; job: number; slot: number; length: number }
  /** The file ends. Answer: `hashEnd`. */
  | { kind: "hashEnd"; job: number }
  /** Hash the file on disk. Answers: `read` now and then, at last `hashEnd` or `failed`. */
  | { kind: "hashFile"; job: number; path: string }
  /** Hash the first `length` bytes of the buffer, which is handed over. Answer: `bytesHashed`. */
  | { kind: "hashBytes"; job: number; buffer: ArrayBuffer; length: number }
  /** Forget the job. No answer; answers that are under way are ignored. */
  | { kind: "drop"; job: number }
  /** Build a later chunk in the memory of an earlier one, which is handed back. No answer. */
  | { kind: "reuse"; buffer: ArrayBuffer };

export type FromWorker =
  | JobAnswer
  /** The oldest slot given to this worker is not needed by it any more. */
  | { kind: "slotDone" };

export type JobAnswer =
  /** `buffer` is handed over; the chunk is its first `length` bytes. */
  | { kind: "chunk"; job: number; sha256: string; buffer: ArrayBuffer; length: number }
  | { kind: "cutEnd"; job: number }
  /** So many more bytes of the file on disk are through. */
  | { kind: "read"; job: number; bytes: number }
  | { kind: "hashEnd"; job: number; sha256: string; sizeBytes: number }
  /** The buffer is handed back. */
  | { kind: "bytesHashed"; job: number; sha256: string; buffer: ArrayBuffer }
  | { kind: "failed"; job: number; message: string; code: string | undefined };

/** What a worker gets when it starts: the memory of all slots. */
export interface WorkerStart {
  slots: SharedArrayBuffer;
}

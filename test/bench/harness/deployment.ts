import type { Connection } from "@slipway/client";
import type { DocumentStore } from "@slipway/documents";

/** A running Slipway that is measured; disposing of it ends it and removes its data. */
export interface MeasuredServer extends AsyncDisposable {
  readonly connection: Connection;
  /** Its processes. */
  readonly pids: readonly number[];
}

/** How the Slipway that is measured runs: `embedded` in one process, or `split` in three on MongoDB, S3 and NATS. */
export interface Deployment {
  readonly name: "embedded" | "split";
  /** Starts one without any data; `env` adds settings. */
  start(env?: Record<string, string>): Promise<MeasuredServer>;
  /** Starts one on what `fill` writes into the database of the metadata service before. */
  startFilled(fill: (documents: DocumentStore) => Promise<void>, env?: Record<string, string>): Promise<MeasuredServer>;
}

/** Settings that keep admission from working beside what is measured. */
export const ADMISSION_PAUSED = { SLIPWAY_WORKERS: "0" };

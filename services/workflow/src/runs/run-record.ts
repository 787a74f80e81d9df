import type { JsonObject } from "@bufbuild/protobuf";
import type { Run } from "@slipway/gen/slipway/workflow/v1/run_pb.js";

/** Who works on a step, and until when it may take that for granted. */
interface Lease {
  /** Names one worker of one process. */
  owner: string;
  /** Grows with every claim in a run: whoever shows an older one has been replaced. */
  token: number;
  expiresMs: number;
}

/** What the engine knows of a step beside its StepRun. */
export interface StepControl {
  /** Present while it is RUNNING. */
  lease?: Lease;
  /** When it may be claimed; present while it is QUEUED. */
  dueMs?: number;
  /** The next claim goes on with the attempt that was begun, under the same idempotency key. */
  resumes?: boolean;
}

/** The event that started a run, without its payload, which is the run's input. */
export interface RunEvent {
  id: string;
  type: string;
  subject: string;
  subjectUid: string;
  actor: string;
  timeMs: number;
}

/** A run with what the wire does not show. This is the document. */
export interface RunRecord {
  run: Run;
  /** Name of the tenant, without prefix. */
  tenant: string;
  /** `artifacts/{digest}` of the version that the run is about; undefined without one. */
  artifact: string | undefined;
  event: RunEvent | undefined;
  /** The last fencing token that was given. */
  lastToken: number;
  /** At the place of the step in `run.steps`. */
  control: StepControl[];
}

/** A run as it stands in the database. */
export interface StoredRun {
  tenantUid: string;
  revision: number;
  record: RunRecord;
}

/** How an attempt ended. */
export type StepOutcome =
  | { kind: "succeeded"; output?: JsonObject }
  /** `mayPass`: worth another attempt. */
  | { kind: "failed"; message: string; mayPass: boolean }
  /** Not yet: look again after that time, in the same attempt. */
  | { kind: "waiting"; afterMs: number; message: string }
  /** The worker stops before the end; another one goes on with the same attempt. */
  | { kind: "released" };

/** What a worker holds while it works on a step. */
export interface Claim {
  stepId: string;
  attempt: number;
  token: number;
  /** When the attempt must have ended, by its own timeout or by that of all attempts. */
  deadlineMs: number;
}

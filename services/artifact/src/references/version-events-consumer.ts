import type { DocumentStore } from "@slipway/documents";
import { type Consumer, createConsumer, type EventBus, type EventSource, hasCaughtUp } from "@slipway/events";
import type { Event } from "@slipway/gen/slipway/event/v1/event_pb.js";
import { faultPoint, type Ids, type Logger } from "@slipway/runtime";
import type { ClaimsWorker } from "./claims-worker.ts";
import type { Claim } from "./reference-store.ts";

const CREATED = "slipway.version.created";
const PURGED = "slipway.version.purged";
/** A claim may stay pending for an hour, so confirming can wait until some have come together. */
const GATHER_MS = 50;

export interface VersionEventsParts {
  claims: ClaimsWorker;
  /** Metadata's events. */
  source: EventSource;
  documents: DocumentStore;
  bus: EventBus;
  ids: Ids;
  log: Logger;
}

export interface VersionEvents {
  consumer: Consumer;
  /** Whether every version that metadata has told of by now is heeded here. Fails where metadata does not answer. */
  areHeeded(signal: AbortSignal): Promise<boolean>;
}

/** Confirms a version's reference when the version exists, and releases it when the version is purged. */
export function createVersionEvents({ claims, source, ...parts }: VersionEventsParts): VersionEvents {
  const name = "artifact-references";
  const types = [CREATED, PURGED];
  const handling = { gatherMs: GATHER_MS, together: (events: readonly Event[]) => settle(claims, events, parts.log) };
  return {
    consumer: createConsumer({ ...parts, name, source, types, handling }),
    areHeeded: (signal) => hasCaughtUp({ ...parts, name, source, types }, signal),
  };
}

async function settle(claims: ClaimsWorker, events: readonly Event[], log: Logger): Promise<void> {
  const created = events.filter(({ type }) => type === CREATED).map(claimOf);
  const purged = events.filter(({ type }) => type === PURGED).map(claimOf);
  const confirmed = await claims.confirm(created);
  for (const [index, { holderUid, digest }] of created.entries()) {
    if (confirmed[index] !== undefined) continue;
    // The version may be purged already, and its other event lies ahead; else the reconciler has to look.
    log.warn({ version: holderUid, digest }, "a created version has no reference to confirm");
  }
  for (const { tenantUid, digest, holderUid } of purged) await claims.release(tenantUid, digest, holderUid);
  faultPoint("artifact.reference.settled");
}

function claimOf(event: Event): Claim {
  return { tenantUid: event.tenantUid, digest: artifactOfVersion(event), holderUid: event.subjectUid };
}

/** The digest in the version's `artifact`, which may be written with its tenant. */
function artifactOfVersion({ id, payload }: Event): string {
  const artifact = payload?.artifact;
  const digest = typeof artifact === "string" ? artifact.split("/").at(-1) : undefined;
  if (digest === undefined) throw new Error(`event ${id} carries no version with an artifact`);
  return digest;
}

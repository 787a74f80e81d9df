import type { DocumentStore, Write } from "@slipway/documents";
import { type Consumer, createConsumer, type EventBus, type EventSource, hasCaughtUp } from "@slipway/events";
import type { Event } from "@slipway/gen/slipway/event/v1/event_pb.js";
import { faultPoint, type Ids, type Logger } from "@slipway/runtime";
import type { ArtifactFaultPoint } from "../fault-points.ts";
import type { ClaimsWorker } from "./claims-worker.ts";
import type { Claim } from "./reference-store.ts";

const CREATED = "slipway.version.created";
const PURGED = "slipway.version.purged";
/** An artifact stays for a holder for hours, so references can wait until some have come together. */
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

/** Makes a version's reference when the version exists, and ends it when the version is purged. */
export function createVersionEvents({ claims, source, ...parts }: VersionEventsParts): VersionEvents {
  const name = "artifact-references";
  const types = [CREATED, PURGED];
  const together = (events: readonly Event[]) => settled(claims, events, parts.log);
  const handling = { gatherMs: GATHER_MS, together };
  return {
    consumer: createConsumer({ ...parts, name, source, types, handling }),
    areHeeded: (signal) => hasCaughtUp({ ...parts, name, source, types }, signal),
  };
}

/** What the events change. A version that was created and purged among them was never held. */
async function settled(claims: ClaimsWorker, events: readonly Event[], log: Logger): Promise<Write[]> {
  const ended = events.filter(({ type }) => type === PURGED).map(claimOf);
  const gone = new Set(ended.map(({ holderUid }) => holderUid));
  const created = events.filter(({ type }) => type === CREATED).map(claimOf);
  const begun = created.filter(({ holderUid }) => !gone.has(holderUid));
  const { writes, references } = await claims.plan({ begun, ended });
  for (const [index, { holderUid, digest }] of begun.entries()) {
    // It was purged, and its other event lies ahead, or it was made by a call that took longer than the artifact stayed.
    if (references[index] === undefined) log.warn({ version: holderUid, digest }, "a version's artifact is gone");
  }
  faultPoint("artifact.reference.settling" satisfies ArtifactFaultPoint);
  return writes;
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

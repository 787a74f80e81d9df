import type { DocumentStore } from "@slipway/documents";
import { type Consumer, createConsumer, type EventBus, remoteEvents } from "@slipway/events";
import type { Event } from "@slipway/gen/slipway/event/v1/event_pb.js";
import { EventService } from "@slipway/gen/slipway/metadata/v1/event_service_pb.js";
import { createClient, type Transport } from "@slipway/rpc";
import { faultPoint, type Ids, type Logger } from "@slipway/runtime";
import type { ClaimsWorker } from "./claims-worker.ts";

const CREATED = "slipway.version.created";
const PURGED = "slipway.version.purged";
/** Versions at once: creating them is as concurrent. */
const CONCURRENCY = 32;

export interface VersionEventsParts {
  claims: ClaimsWorker;
  /** Reaches metadata with this service's credential. */
  metadata: Transport;
  documents: DocumentStore;
  bus: EventBus;
  ids: Ids;
  log: Logger;
}

/** Confirms a version's reference when the version exists, and releases it when the version is purged. */
export function createVersionEventsConsumer({ claims, metadata, ...parts }: VersionEventsParts): Consumer {
  return createConsumer({
    ...parts,
    name: "artifact-references",
    source: remoteEvents("metadata", createClient(EventService, metadata)),
    types: [CREATED, PURGED],
    // Each waits for a commit; what waits together shares one.
    concurrency: CONCURRENCY,
    handle: async (event) => {
      const digest = artifactOfVersion(event);
      if (event.type === PURGED) await claims.release(event.tenantUid, digest, event.subjectUid);
      else await confirm(claims, event, digest, parts.log);
      faultPoint("artifact.reference.settled");
    },
  });
}

async function confirm(claims: ClaimsWorker, event: Event, digest: string, log: Logger): Promise<void> {
  if ((await claims.confirm(event.tenantUid, digest, event.subjectUid)) !== undefined) return;
  // The version may be purged already, and its other event lies ahead; else the reconciler has to look.
  log.warn({ tenant: event.tenant, version: event.subject, digest }, "a created version has no reference to confirm");
}

/** The digest in the version's `artifact`, which may be written with its tenant. */
function artifactOfVersion({ id, payload }: Event): string {
  const artifact = payload?.artifact;
  const digest = typeof artifact === "string" ? artifact.split("/").at(-1) : undefined;
  if (digest === undefined) throw new Error(`event ${id} carries no version with an artifact`);
  return digest;
}

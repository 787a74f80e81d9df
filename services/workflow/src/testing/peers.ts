import { create, type JsonObject, type MessageInitShape, toJson } from "@bufbuild/protobuf";
import { openSqliteDocuments } from "@slipway/documents/sqlite";
import {
  createEventService,
  createSequencer,
  type EventBus,
  eventsCollection,
  eventWrite,
  sequencerCollection,
} from "@slipway/events";
import { ArtifactState } from "@slipway/gen/slipway/artifact/v1/artifact_pb.js";
import {
  ArtifactService,
  type InspectArtifactResponseSchema,
} from "@slipway/gen/slipway/artifact/v1/artifact_service_pb.js";
import { EventService as ArtifactEventService } from "@slipway/gen/slipway/artifact/v1/event_service_pb.js";
import { Verdict } from "@slipway/gen/slipway/artifact/v1/inspection_pb.js";
import { EventService as MetadataEventService } from "@slipway/gen/slipway/metadata/v1/event_service_pb.js";
import { type Version, VersionSchema, VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { type FinishValidationRequest, VersionService } from "@slipway/gen/slipway/metadata/v1/version_service_pb.js";
import { type Binding, bind, type Caller, callerOf, fail } from "@slipway/rpc";
import { silentLogger, systemClock, systemIds } from "@slipway/runtime";
import { acme } from "./tenants.ts";

type Inspection = MessageInitShape<typeof InspectArtifactResponseSchema>;

/**
 * Answers as metadata and artifact do, about versions that a test announces, with real events in a real database;
 * test/integration runs the same against the real services.
 */
export interface Peers {
  bindings: Binding[];
  /** Reports a new version and gives it; its artifact is READY and SAFE unless said otherwise. */
  createVersion(
    number: string,
    about?: { state?: ArtifactState; inspection?: Inspection; caller?: Caller },
  ): Promise<Version>;
  /** Reports any change. */
  report(type: string, payload: JsonObject, caller?: Caller): Promise<void>;
  /** Without a state it is gone. */
  setArtifactState(artifact: string, state: ArtifactState | undefined): void;
  /** The calls of FinishValidation that were accepted, with the tenant that they were made for. */
  readonly finished: { request: FinishValidationRequest; caller: Caller }[];
  /** Runs before each answer of the artifact service; throw to refuse. */
  onArtifactCall: () => Promise<void>;
  /** Runs before each answer of FinishValidation. */
  onFinish: () => Promise<void>;
  close(): Promise<void>;
}

export async function startPeers(path: string, bus: EventBus): Promise<Peers> {
  const ports = { clock: systemClock, ids: systemIds };
  const collections = [eventsCollection, sequencerCollection];
  const store = await openSqliteDocuments({ path, collections, clock: systemClock });
  const sequencer = createSequencer({ ...store, ...ports, bus, log: silentLogger });
  sequencer.start();
  const versions = new Map<string, Version>();
  const artifacts = new Map<string, { state: ArtifactState; inspection: Inspection }>();
  const decided = new Map<string, string>();
  const events = createEventService({ ...store, bus });

  const report = async (type: string, subject: string, uid: string, payload: JsonObject, caller: Caller) => {
    const { tenantUid, tenant, principal: actor } = caller;
    const change = { tenantUid, tenant, type, subject, subjectUid: uid, aggregateRevision: 1, actor, payload };
    await store.documents.commit([eventWrite(change, ports)], systemIds.uid());
    sequencer.notify();
  };
  const artifactNamed = (name: string) => {
    const artifact = artifacts.get(name);
    if (artifact === undefined) throw fail("ARTIFACT_NOT_FOUND", { name });
    return artifact;
  };

  const peers: Peers = {
    finished: [],
    onArtifactCall: async () => undefined,
    onFinish: async () => undefined,
    bindings: [
      bind(MetadataEventService, events),
      bind(ArtifactEventService, {
        listEvents: async ({ after }) => ({ last: after }),
        watchEvents: async function* () {},
      }),
      bind(ArtifactService, {
        getArtifact: async ({ name }) => {
          await peers.onArtifactCall();
          return { artifact: { name, state: artifactNamed(name).state } };
        },
        inspectArtifact: async ({ artifact: name }) => {
          await peers.onArtifactCall();
          const { state, inspection } = artifactNamed(name);
          if (state !== ArtifactState.READY) throw fail("ARTIFACT_NOT_READY", { name, state: ArtifactState[state] });
          return inspection;
        },
        listFiles: () => unused(),
        downloadFile: () => unused(),
        collectGarbage: () => unused(),
      }),
      bind(VersionService, {
        getVersion: async ({ name }, context) => {
          const version = versions.get(`${callerOf(context).tenantUid}/${name}`);
          if (version === undefined) throw fail("VERSION_NOT_FOUND", { name });
          return { version };
        },
        finishValidation: async (request, context) => {
          await peers.onFinish();
          const first = decided.get(request.versionUid) ?? request.run;
          if (first !== request.run) {
            throw fail("VERSION_NOT_VALIDATING", { name: request.versionUid, state: "PUBLISHED" });
          }
          if (!decided.has(request.versionUid)) peers.finished.push({ request, caller: callerOf(context) });
          decided.set(request.versionUid, request.run);
          const rejected = !request.proven || request.verdict === Verdict.DANGEROUS;
          return { version: { state: rejected ? VersionState.REJECTED : VersionState.PUBLISHED } };
        },
        createVersion: () => unused(),
        listVersions: () => unused(),
        updateVersion: () => unused(),
        deleteVersion: () => unused(),
        undeleteVersion: () => unused(),
        resolveVersion: () => unused(),
        compareVersions: () => unused(),
        withdrawVersion: () => unused(),
      }),
    ],
    report: (type, payload, caller = acme) => report(type, "models/iris", systemIds.uid(), payload, caller),
    createVersion: async (
      number,
      { state = ArtifactState.READY, inspection = { verdict: Verdict.SAFE }, caller = acme } = {},
    ) => {
      const name = `models/iris/versions/${number}`;
      const uid = systemIds.uid();
      const artifact = `artifacts/${uid.replaceAll("-", "").padStart(64, "0")}`;
      const version = create(VersionSchema, { name, uid, number, artifact, state: VersionState.VALIDATING });
      versions.set(`${caller.tenantUid}/${name}`, version);
      artifacts.set(artifact, { state, inspection });
      await report("slipway.version.created", name, uid, toJson(VersionSchema, version) as JsonObject, caller);
      return version;
    },
    setArtifactState: (name, state) => {
      if (state === undefined) artifacts.delete(name);
      else artifactNamed(name).state = state;
    },
    close: async () => {
      await sequencer.stop();
      await store.documents.close();
    },
  };
  return peers;
}

function unused(): never {
  throw new Error("the workflow service does not call this");
}

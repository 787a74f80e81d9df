import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { AcrossTenants, CollectionDefinition, DocumentStore } from "@slipway/documents";
import { openSqliteDocuments } from "@slipway/documents/sqlite";
import { createEmbeddedEventBus } from "@slipway/events/embedded";
import { AccessService } from "@slipway/gen/slipway/access/v1/access_service_pb.js";
import { ArtifactSchema, ArtifactState } from "@slipway/gen/slipway/artifact/v1/artifact_pb.js";
import type { SignatureSchema } from "@slipway/gen/slipway/artifact/v1/signature_pb.js";
import type { Event } from "@slipway/gen/slipway/event/v1/event_pb.js";
import { EvaluationService } from "@slipway/gen/slipway/metadata/v1/evaluation_service_pb.js";
import { EventService } from "@slipway/gen/slipway/metadata/v1/event_service_pb.js";
import { LineageService } from "@slipway/gen/slipway/metadata/v1/lineage_service_pb.js";
import { ModelService } from "@slipway/gen/slipway/metadata/v1/model_service_pb.js";
import { ReviewService } from "@slipway/gen/slipway/metadata/v1/review_service_pb.js";
import { StageService } from "@slipway/gen/slipway/metadata/v1/stage_service_pb.js";
import { VersionService } from "@slipway/gen/slipway/metadata/v1/version_service_pb.js";
import { storeErrors } from "@slipway/resources";
import {
  type Caller,
  type Client,
  createAccessInterceptor,
  createClient,
  createInProcessTransport,
  RpcError,
  type Transport,
} from "@slipway/rpc";
import { type Clock, createIds, type Ids, silentLogger } from "@slipway/runtime";
import { expect } from "chai";
import { createMetadataApp } from "../app.ts";
import { metadataCollections } from "../collections.ts";
import { ArtifactPeer } from "./artifact-peer.test.ts";

const CALLER_HEADER = "test-caller";

/** One principal's clients. */
export interface Clients {
  models: Client<typeof ModelService>;
  versions: Client<typeof VersionService>;
  stages: Client<typeof StageService>;
  reviews: Client<typeof ReviewService>;
  lineage: Client<typeof LineageService>;
  evaluations: Client<typeof EvaluationService>;
  events: Client<typeof EventService>;
}

/** The metadata service over the in-process transport, with the real store in a folder of its own. */
export interface MetadataServer {
  /** Of its database. */
  folder: string;
  artifacts: ArtifactPeer;
  documents: DocumentStore;
  acrossTenants: AcrossTenants;
  ids: Ids;
  /** Stands still unless a test moves it. */
  clock: Clock & { advance(ms: number): void };
  /** Clients of somebody; default: users/alice, contributor of the tenant acme. */
  as(caller?: Partial<Caller>): Clients;
  /** Announces an artifact and gives its name; the same seed gives the same artifact. */
  artifact(seed: number, signature?: MessageInitShape<typeof SignatureSchema>, state?: ArtifactState): string;
  /** Makes a principal of the tenant acme. */
  principal(principal: { name: string; owner?: string }): Promise<void>;
  close(): Promise<void>;
}

export const acme: Caller = {
  tenantUid: "00000000-0000-7000-8000-00000000acee",
  tenant: "acme",
  principal: "users/alice",
  role: "contributor",
  service: false,
};

export const service: Partial<Caller> = { service: true, role: "admin", principal: "users/alice" };

/** Opens the database of a server; `folder` is its own and removed with it. */
export type OpenDocuments = (
  folder: string,
  options: { collections: CollectionDefinition[]; clock: Clock },
) => Promise<{ documents: DocumentStore; acrossTenants: AcrossTenants }>;

export const openSqlite: OpenDocuments = (folder, options) =>
  openSqliteDocuments({ path: join(folder, "metadata.sqlite"), ...options });

/** A server of its own, on SQLite unless told otherwise, or another instance of the service on a server's database. */
export async function startMetadata(beside?: MetadataServer, open = openSqlite): Promise<MetadataServer> {
  const folder = beside?.folder ?? (await mkdtemp(join(tmpdir(), "slipway-metadata-")));
  let nowMs = Date.parse("2026-11-22T08:00:00Z");
  const clock = {
    nowMs: () => nowMs,
    advance: (ms: number) => {
      nowMs += ms;
    },
  };
  const log = silentLogger;
  const ids = createIds(clock);
  const artifacts = beside?.artifacts ?? new ArtifactPeer();
  const store = await open(folder, { collections: metadataCollections, clock });
  const interceptors = [
    createAccessInterceptor(async (headers) => JSON.parse(headers.get(CALLER_HEADER) ?? "null") as Caller),
    storeErrors,
  ];
  const bus = createEmbeddedEventBus({ log });
  const serviceHeaders = { [CALLER_HEADER]: JSON.stringify({ ...acme, ...service }) };
  const artifact = createInProcessTransport({ bindings: artifacts.bindings, interceptors, log });
  const app = createMetadataApp({
    ...store,
    bus,
    clock,
    ids,
    log,
    transports: { artifact: withHeaders(artifact, serviceHeaders) },
    settings: {
      publicUrl: "https://registry.example/",
      open: true,
      serviceKey: "",
      bootstrapKey: undefined,
      serverVersion: "0.0.0",
      endpoints: () => ({ metadata: "", artifact: "", workflow: "" }),
    },
  });
  const transport = createInProcessTransport({ bindings: app.bindings, interceptors, log });
  await app.start();

  return {
    folder,
    artifacts,
    documents: store.documents,
    acrossTenants: store.acrossTenants,
    ids,
    clock,
    as: (caller = {}) => {
      const own = withHeaders(transport, { [CALLER_HEADER]: JSON.stringify({ ...acme, ...caller }) });
      return {
        models: createClient(ModelService, own),
        versions: createClient(VersionService, own),
        stages: createClient(StageService, own),
        reviews: createClient(ReviewService, own),
        lineage: createClient(LineageService, own),
        evaluations: createClient(EvaluationService, own),
        events: createClient(EventService, own),
      };
    },
    artifact: (seed, signature, state = ArtifactState.READY) => {
      const digest = seed.toString(16).padStart(64, "0");
      const name = `artifacts/${digest}`;
      const summary = { formats: ["onnx"], framework: "skl2onnx 1.19", ...(signature && { signature }) };
      artifacts.announce(
        acme.tenantUid,
        create(ArtifactSchema, { name, digest, state, sizeBytes: 1000n + BigInt(seed), fileCount: 2, summary }),
      );
      return name;
    },
    principal: async (principal) => {
      const headers = { [CALLER_HEADER]: JSON.stringify({ ...acme, role: "admin" }) };
      await createClient(AccessService, withHeaders(transport, headers)).createPrincipal({ principal });
    },
    close: async () => {
      await app.stop();
      transport.close();
      await bus.close();
      await store.documents.close();
      if (beside === undefined) await rm(folder, { recursive: true });
    },
  };
}

/** The first events about something, waited for. */
export async function eventsOf({ events }: Clients, subjectUid: string, count: number): Promise<Event[]> {
  const found: Event[] = [];
  for await (const { event } of events.watchEvents({}, { timeoutMs: 10_000 })) {
    if (event?.subjectUid === subjectUid) found.push(event);
    if (found.length === count) break;
  }
  return found;
}

/** The error of a call, which must have this reason. */
export async function refusal(call: Promise<unknown>, reason: string): Promise<RpcError> {
  const error = await call.then(
    () => new Error("the call succeeded"),
    (caught: unknown) => caught,
  );
  if (!(error instanceof RpcError)) throw error;
  expect(error.reason, error.message).to.equal(reason);
  expect(error.fields.length > 0, "names fields").to.equal(error.code === "INVALID_ARGUMENT");
  return error;
}

function withHeaders(transport: Transport, headers: Record<string, string>): Transport {
  const added = (options: Parameters<Transport["unary"]>[2]) => ({
    ...options,
    headers: { ...headers, ...options.headers },
  });
  return {
    unary: (method, request, options) => transport.unary(method, request, added(options)),
    stream: (method, requests, options) => transport.stream(method, requests, added(options)),
    close: () => transport.close(),
  };
}

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, type DescService, type MessageInitShape } from "@bufbuild/protobuf";
import type { CollectionDefinition, DocumentStore } from "@slipway/documents";
import { openSqliteDocuments } from "@slipway/documents/sqlite";
import { createEmbeddedEventBus } from "@slipway/events/embedded";
import { AccessService } from "@slipway/gen/slipway/access/v1/access_service_pb.js";
import { ArtifactService } from "@slipway/gen/slipway/artifact/v1/artifact_service_pb.js";
import { EventService as ArtifactEvents } from "@slipway/gen/slipway/artifact/v1/event_service_pb.js";
import { ReferenceService } from "@slipway/gen/slipway/artifact/v1/reference_service_pb.js";
import { UploadService } from "@slipway/gen/slipway/artifact/v1/upload_service_pb.js";
import { type Event, EventSchema } from "@slipway/gen/slipway/event/v1/event_pb.js";
import { EventService as MetadataEvents } from "@slipway/gen/slipway/metadata/v1/event_service_pb.js";
import type { ObjectStore } from "@slipway/objects";
import { openFileObjects } from "@slipway/objects/filesystem";
import { storeErrors } from "@slipway/resources";
import {
  type Binding,
  bind,
  type Client,
  createAccessInterceptor,
  createClient,
  createGrpcTransport,
  createInProcessTransport,
  fail,
  type Handlers,
  type Role,
  startServer,
  type Transport,
} from "@slipway/rpc";
import { type Clock, createIds, type Logger, silentLogger } from "@slipway/runtime";
import { artifactCollections, createArtifactApp } from "../app.ts";

/** Who calls: `tenant/principal/role`, such as `acme/users/alice/contributor`; `service/acme` for a service. */
export const ALICE = "acme/users/alice/contributor";

/** A tenant's uid in these tests: its name as a UUID, so that failures are readable. */
export function tenantUidOf(tenant: string): string {
  return `00000000-0000-7000-8000-${Buffer.from(tenant).toString("hex").padStart(12, "0").slice(-12)}`;
}

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  #nowMs = Date.parse("2026-11-22T08:00:00Z");

  nowMs(): number {
    return this.#nowMs;
  }

  advance(byMs: number): void {
    this.#nowMs += byMs;
  }
}

/** What metadata answers in these tests, and what it was asked. */
export class Metadata {
  /** Everything of the own tenant; nothing is shared. */
  authorize: Handlers<typeof AccessService>["authorizeDownload"] = async ({
    tenantUid,
    ownerTenant,
    artifactDigest,
  }) => {
    if (ownerTenant === "") return { ownerTenantUid: tenantUid };
    throw fail("TENANT_FORBIDDEN", { name: `tenants/${ownerTenant}/artifacts/${artifactDigest}` });
  };
  readonly asked: string[] = [];
  /** It tells of no events. */
  isAway = false;
  readonly events: Event[] = [];

  bindings(): Binding[] {
    const access = partly(AccessService, {
      authorizeDownload: (request, context) => {
        this.asked.push(request.artifactDigest);
        return this.authorize(request, context);
      },
    });
    const events = partly(MetadataEvents, {
      listEvents: async ({ after }) => {
        if (this.isAway) throw fail("DEPENDENCY_UNAVAILABLE", { dependency: "The metadata service" });
        const events = this.events.filter(({ sequence }) => sequence > after);
        return { events, last: events.at(-1)?.sequence ?? after };
      },
    });
    return [access, events];
  }
}

/** A binding of some methods of a service; the others fail. */
function partly<S extends DescService>(service: S, handlers: Partial<Handlers<S>>): Binding {
  const missing = (name: string) => () => {
    throw new Error(`${name} has no handler in this test`);
  };
  const all = Object.fromEntries(service.methods.map(({ localName }) => [localName, missing(localName)]));
  return bind(service, { ...all, ...handlers } as Handlers<S>);
}

export interface Harness {
  folder: string;
  clock: ManualClock;
  metadata: Metadata;
  objects: ObjectStore;
  /** Removes what has ended, as the service does now and then; returns how many uploads went. */
  sweep(): Promise<number>;
  /** Metadata reports something: the event gets the next sequence, and its consumers wake. */
  report(event: MessageInitShape<typeof EventSchema>): Promise<void>;
  documents: DocumentStore;
  /** Clients that call as somebody. */
  as(who: string): Clients;
  /** Stops the service and closes its stores; `folder` stays, so that `openHarness` can open it again. */
  close(): Promise<void>;
}

export interface Clients {
  uploads: Client<typeof UploadService>;
  artifacts: Client<typeof ArtifactService>;
  references: Client<typeof ReferenceService>;
  events: Client<typeof ArtifactEvents>;
}

export interface HarnessOptions {
  /** Over HTTP/2 instead of in process. */
  grpc?: boolean;
  /** A folder that was used before; a new one otherwise. */
  folder?: string;
  /** Where the objects lie; a folder in `folder` otherwise. */
  objectsFolder?: string;
  objects?: (objects: ObjectStore) => ObjectStore;
  /** Puts something between the service and its documents. */
  documents?: (documents: DocumentStore) => DocumentStore;
  /** What the database holds, as another release declares it. */
  collections?: CollectionDefinition[];
  log?: Logger;
  /** How often it collects by itself; 0, the default: never. */
  collectEveryMs?: number;
}

const MAX_RECEIVE_BYTES = 4 * 1024 * 1024 + 64 * 1024;

const opened: Harness[] = [];
const folders: string[] = [];

/** The service with real stores. It is closed after the test that opened it. */
export async function openHarness(options: HarnessOptions = {}): Promise<Harness> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), "slipway-artifact-")));
  folders.push(folder);
  const clock = new ManualClock();
  const ids = createIds({ nowMs: () => Date.now() });
  const log = options.log ?? silentLogger;
  const stores = await openSqliteDocuments({
    path: join(folder, "artifact.sqlite"),
    collections: options.collections ?? artifactCollections,
    clock,
  });
  const files = await openFileObjects({ folder: options.objectsFolder ?? join(folder, "objects") });
  const objects = options.objects?.(files) ?? files;
  const bus = createEmbeddedEventBus({ log });
  const metadata = new Metadata();
  const access = createAccessInterceptor(async (headers) => callerFrom(headers.get("authorization") ?? ""));
  const toMetadata = createInProcessTransport({ bindings: metadata.bindings(), interceptors: [], log });
  const app = createArtifactApp({
    ...stores,
    documents: options.documents?.(stores.documents) ?? stores.documents,
    objects,
    bus,
    clock,
    ids,
    log,
    transports: { metadata: toMetadata },
    settings: { collectEveryMs: options.collectEveryMs ?? 0 },
  });
  const serving = {
    bindings: app.bindings,
    interceptors: [access, storeErrors],
    log,
    maxReceiveBytes: MAX_RECEIVE_BYTES,
  };
  const transports: Transport[] = [];
  const inProcess = createInProcessTransport(serving);
  const server = options.grpc ? await startServer({ ...serving, address: "127.0.0.1:0" }) : undefined;
  await app.start();

  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    for (const transport of transports) transport.close();
    await server?.close();
    await app.stop();
    await bus.close();
    await stores.documents.close();
    await files.close();
  };
  const harness: Harness = {
    folder,
    clock,
    metadata,
    objects,
    documents: stores.documents,
    sweep: () => app.sweep(),
    report: async (event) => {
      metadata.events.push(create(EventSchema, { ...event, sequence: BigInt(metadata.events.length + 1) }));
      await bus.publish(metadata.events.slice(-1));
    },
    as: (who) => {
      const headers = { authorization: who };
      const transport =
        server === undefined
          ? withAuthorization(inProcess, who)
          : createGrpcTransport({ url: `http://${server.address}`, headers });
      if (server !== undefined) transports.push(transport);
      return {
        uploads: createClient(UploadService, transport),
        artifacts: createClient(ArtifactService, transport),
        references: createClient(ReferenceService, transport),
        events: createClient(ArtifactEvents, transport),
      };
    },
    close: () => {
      closed ??= close();
      return closed;
    },
  };
  opened.push(harness);
  return harness;
}

/** Closes what the tests of a file have opened; call it in `afterEach`. */
export async function closeHarnesses(): Promise<void> {
  for (const harness of opened.splice(0)) await harness.close();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
}

function callerFrom(who: string) {
  const [tenant = "", kind, principal, role] = who.split("/");
  if (tenant === "service") {
    const name = kind ?? "";
    const caller = {
      tenantUid: tenantUidOf(name),
      tenant: name,
      principal: "users/alice",
      role: "admin",
      service: true,
    };
    return { ...caller, role: "admin" as const };
  }
  return {
    tenantUid: tenantUidOf(tenant),
    tenant,
    principal: `${kind}/${principal}`,
    role: role as Role,
    service: false,
  };
}

function withAuthorization(transport: Transport, authorization: string): Transport {
  return {
    unary: (method, request, options) =>
      transport.unary(method, request, { ...options, headers: { authorization, ...options.headers } }),
    stream: (method, requests, options) =>
      transport.stream(method, requests, { ...options, headers: { authorization, ...options.headers } }),
    close: () => transport.close(),
  };
}

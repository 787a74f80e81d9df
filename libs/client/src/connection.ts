import { AccessService } from "@slipway/gen/slipway/access/v1/access_service_pb.js";
import { ArtifactService } from "@slipway/gen/slipway/artifact/v1/artifact_service_pb.js";
import { EventService as ArtifactEventService } from "@slipway/gen/slipway/artifact/v1/event_service_pb.js";
import { UploadService } from "@slipway/gen/slipway/artifact/v1/upload_service_pb.js";
import { EvaluationService } from "@slipway/gen/slipway/metadata/v1/evaluation_service_pb.js";
import { EventService as MetadataEventService } from "@slipway/gen/slipway/metadata/v1/event_service_pb.js";
import { LineageService } from "@slipway/gen/slipway/metadata/v1/lineage_service_pb.js";
import { ModelService } from "@slipway/gen/slipway/metadata/v1/model_service_pb.js";
import { ReviewService } from "@slipway/gen/slipway/metadata/v1/review_service_pb.js";
import { StageService } from "@slipway/gen/slipway/metadata/v1/stage_service_pb.js";
import { VersionService } from "@slipway/gen/slipway/metadata/v1/version_service_pb.js";
import { EventService as WorkflowEventService } from "@slipway/gen/slipway/workflow/v1/event_service_pb.js";
import { RunService } from "@slipway/gen/slipway/workflow/v1/run_service_pb.js";
import { WorkflowService } from "@slipway/gen/slipway/workflow/v1/workflow_service_pb.js";
import { type Client, createClient, createGrpcTransport, type TlsOptions, type Transport } from "@slipway/rpc";
import { isPlaintextUrl, systemClock } from "@slipway/runtime";
import { ClientError } from "./client-error.ts";
import { checkOwnCertificate } from "./own-certificate.ts";
import { Router } from "./routed-transport.ts";

/** Typed clients of every service, wherever it is. */
export interface Connection {
  /** As given: `http://127.0.0.1:7000`. */
  readonly url: string;
  readonly access: Client<typeof AccessService>;
  readonly models: Client<typeof ModelService>;
  readonly versions: Client<typeof VersionService>;
  readonly stages: Client<typeof StageService>;
  readonly lineage: Client<typeof LineageService>;
  readonly evaluations: Client<typeof EvaluationService>;
  readonly reviews: Client<typeof ReviewService>;
  readonly uploads: Client<typeof UploadService>;
  readonly artifacts: Client<typeof ArtifactService>;
  readonly workflows: Client<typeof WorkflowService>;
  readonly runs: Client<typeof RunService>;
  readonly events: {
    readonly metadata: Client<typeof MetadataEventService>;
    readonly artifact: Client<typeof ArtifactEventService>;
    readonly workflow: Client<typeof WorkflowEventService>;
  };
  close(): void;
}

export interface ConnectOptions {
  /** `http://host:port`, or `https://host:port` for TLS: of all services, of a router, or of metadata. */
  url: string;
  /** A whole `slw_…`; absent in open mode. */
  key?: string | undefined;
  /** PEM texts: authorities to trust, and a certificate for servers that ask for one. */
  tls?: TlsOptions | undefined;
  /** Send the key without TLS also to servers off loopback that the server at `url` names. Default: as `url` itself. */
  allowPlaintext?: boolean | undefined;
}

/**
 * Opens a connection; nothing is sent before the first call. Where the server at `url` runs only some services, the
 * others are found by its WhoAmI. Throws ClientError where the own certificate cannot be used.
 */
export function connect({ url, key, tls, allowPlaintext = isPlaintextUrl(url) }: ConnectOptions): Connection {
  if (tls?.certificate !== undefined) checkOwnCertificate(tls.certificate, systemClock);
  const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const open = (address: string): Transport => {
    if (key !== undefined && !allowPlaintext && isPlaintextUrl(address)) {
      const remedy = "Use https:// in its SLIPWAY_ENDPOINT_ settings, or SLIPWAY_ALLOW_PLAINTEXT=yes here";
      throw new ClientError(`${url} names ${address}, where the key would travel in plaintext. ${remedy}.`);
    }
    return createGrpcTransport({ url: address, headers, ...(tls && { tls }) });
  };
  const given = createGrpcTransport({ url, headers, ...(tls && { tls }) });
  const router = new Router(given, open);
  return clientsOver(url, { metadata: given, artifact: router.to("artifact"), workflow: router.to("workflow") }, () =>
    router.close(),
  );
}

/** The same over a transport that exists already and leads to all services. */
export function connectionOver(url: string, transport: Transport): Connection {
  return clientsOver(url, { metadata: transport, artifact: transport, workflow: transport }, () => transport.close());
}

interface Ways {
  metadata: Transport;
  artifact: Transport;
  workflow: Transport;
}

function clientsOver(url: string, { metadata, artifact, workflow }: Ways, close: () => void): Connection {
  return {
    url,
    access: createClient(AccessService, metadata),
    models: createClient(ModelService, metadata),
    versions: createClient(VersionService, metadata),
    stages: createClient(StageService, metadata),
    lineage: createClient(LineageService, metadata),
    evaluations: createClient(EvaluationService, metadata),
    reviews: createClient(ReviewService, metadata),
    uploads: createClient(UploadService, artifact),
    artifacts: createClient(ArtifactService, artifact),
    workflows: createClient(WorkflowService, workflow),
    runs: createClient(RunService, workflow),
    events: {
      metadata: createClient(MetadataEventService, metadata),
      artifact: createClient(ArtifactEventService, artifact),
      workflow: createClient(WorkflowEventService, workflow),
    },
    close,
  };
}

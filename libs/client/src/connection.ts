import { AccessService } from "@slipway/gen/slipway/access/v1/access_service_pb.js";
import { ArtifactService } from "@slipway/gen/slipway/artifact/v1/artifact_service_pb.js";
import { EventService as ArtifactEventService } from "@slipway/gen/slipway/artifact/v1/event_service_pb.js";
import { UploadService } from "@slipway/gen/slipway/artifact/v1/upload_service_pb.js";
import { EventService as MetadataEventService } from "@slipway/gen/slipway/metadata/v1/event_service_pb.js";
import { ModelService } from "@slipway/gen/slipway/metadata/v1/model_service_pb.js";
import { VersionService } from "@slipway/gen/slipway/metadata/v1/version_service_pb.js";
import { EventService as WorkflowEventService } from "@slipway/gen/slipway/workflow/v1/event_service_pb.js";
import { RunService } from "@slipway/gen/slipway/workflow/v1/run_service_pb.js";
import { WorkflowService } from "@slipway/gen/slipway/workflow/v1/workflow_service_pb.js";
import { type Client, createClient, createGrpcTransport, type Transport } from "@slipway/rpc";

/** Typed clients of every service behind one address. */
export interface Connection {
  /** As given: `http://127.0.0.1:7000`. */
  readonly url: string;
  readonly access: Client<typeof AccessService>;
  readonly models: Client<typeof ModelService>;
  readonly versions: Client<typeof VersionService>;
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
  /** `http://host:port`, or `https://host:port` for TLS. */
  url: string;
  /** A whole `slw_…`; absent in open mode. */
  key?: string | undefined;
  /** PEM text of authorities to trust besides those of the system. */
  authorities?: string | undefined;
}

/** Opens a connection; nothing is sent before the first call. */
export function connect({ url, key, authorities }: ConnectOptions): Connection {
  const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
  return connectionOver(url, createGrpcTransport({ url, headers, ...(authorities && { tls: { authorities } }) }));
}

/** The same over a transport that exists already. */
export function connectionOver(url: string, transport: Transport): Connection {
  return {
    url,
    access: createClient(AccessService, transport),
    models: createClient(ModelService, transport),
    versions: createClient(VersionService, transport),
    uploads: createClient(UploadService, transport),
    artifacts: createClient(ArtifactService, transport),
    workflows: createClient(WorkflowService, transport),
    runs: createClient(RunService, transport),
    events: {
      metadata: createClient(MetadataEventService, transport),
      artifact: createClient(ArtifactEventService, transport),
      workflow: createClient(WorkflowEventService, transport),
    },
    close: () => transport.close(),
  };
}

import type { DescMethod, DescService } from "@bufbuild/protobuf";
import { AccessService } from "@slipway/gen/slipway/access/v1/access_service_pb.js";
import { ArtifactService } from "@slipway/gen/slipway/artifact/v1/artifact_service_pb.js";
import { EventService as ArtifactEvents } from "@slipway/gen/slipway/artifact/v1/event_service_pb.js";
import { ReferenceService } from "@slipway/gen/slipway/artifact/v1/reference_service_pb.js";
import { UploadService } from "@slipway/gen/slipway/artifact/v1/upload_service_pb.js";
import { EvaluationService } from "@slipway/gen/slipway/metadata/v1/evaluation_service_pb.js";
import { EventService as MetadataEvents } from "@slipway/gen/slipway/metadata/v1/event_service_pb.js";
import { LineageService } from "@slipway/gen/slipway/metadata/v1/lineage_service_pb.js";
import { ModelService } from "@slipway/gen/slipway/metadata/v1/model_service_pb.js";
import { ReviewService } from "@slipway/gen/slipway/metadata/v1/review_service_pb.js";
import { StageService } from "@slipway/gen/slipway/metadata/v1/stage_service_pb.js";
import { VersionService } from "@slipway/gen/slipway/metadata/v1/version_service_pb.js";

import { EventService as WorkflowEvents } from "@slipway/gen/slipway/workflow/v1/event_service_pb.js";
import { RunService } from "@slipway/gen/slipway/workflow/v1/run_service_pb.js";
import { WorkflowService } from "@slipway/gen/slipway/workflow/v1/workflow_service_pb.js";

const SERVICES: DescService[] = [
  AccessService,
  ModelService,
  VersionService,
  StageService,
  ReviewService,
  LineageService,
  EvaluationService,
  MetadataEvents,
  UploadService,
  ArtifactService,
  ReferenceService,
  ArtifactEvents,
  WorkflowService,
  RunService,
  WorkflowEvents,
];

/** Every method of every service, by its short name such as `metadata.v1.ModelService/GetModel`. */
export const METHODS: ReadonlyMap<string, DescMethod> = new Map(
  SERVICES.flatMap(({ methods }) => methods).map((method) => [
    `${method.parent.typeName.replace("slipway.", "")}/${method.name}`,
    method,
  ]),
);

/** @throws Error for a name of no method */
export function methodNamed(name: string): DescMethod {
  const method = METHODS.get(name);
  if (method === undefined) throw new Error(`there is no method ${name}`);
  return method;
}

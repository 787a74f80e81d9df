import { fromJson, toJson } from "@bufbuild/protobuf";
import type { CollectionDefinition, DocumentKey, DocumentStore, JsonObject } from "@slipway/documents";
import {
  type InspectArtifactResponse,
  InspectArtifactResponseSchema,
} from "@slipway/gen/slipway/artifact/v1/artifact_service_pb.js";
import type { Ids } from "@slipway/runtime";

/** Body: `report` (ProtoJSON of InspectArtifactResponse). The id is `<digest>:<rules version>`; a report never changes. */
export const inspectionsCollection: CollectionDefinition = {
  name: "inspections",
  formatVersion: 1,
  upgrade: (body) => body,
  project: () => ({}),
};

/** Reports of inspections of all tenants. */
export class InspectionStore {
  readonly #documents: DocumentStore;
  readonly #ids: Ids;

  constructor(ports: { documents: DocumentStore; ids: Ids }) {
    this.#documents = ports.documents;
    this.#ids = ports.ids;
  }

  async get(tenantUid: string, digest: string, rulesVersion: string): Promise<InspectArtifactResponse | undefined> {
    const document = await this.#documents.get(inspectionKey(tenantUid, digest, rulesVersion));
    return document && fromJson(InspectArtifactResponseSchema, document.body.report as JsonObject);
  }

  /** Keeps a report; where another call was first, its report stays, which says the same. */
  async keep(tenantUid: string, digest: string, report: InspectArtifactResponse): Promise<void> {
    const key = inspectionKey(tenantUid, digest, report.rulesVersion);
    const body = { report: toJson(InspectArtifactResponseSchema, report) as JsonObject };
    await this.#documents.commit([{ kind: "insert", key, body }], this.#ids.uid());
  }
}

function inspectionKey(tenantUid: string, digest: string, rulesVersion: string): DocumentKey {
  return { tenant: tenantUid, collection: inspectionsCollection.name, id: `${digest}:${rulesVersion}` };
}

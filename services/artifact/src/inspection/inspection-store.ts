import { fromJson, toJson } from "@bufbuild/protobuf";
import type { CollectionDefinition, DocumentKey, DocumentStore, JsonObject, Write } from "@slipway/documents";
import {
  type InspectArtifactResponse,
  InspectArtifactResponseSchema,
} from "@slipway/gen/slipway/artifact/v1/artifact_service_pb.js";
import type { Ids } from "@slipway/runtime";

/**
 * Body: `report` (ProtoJSON of InspectArtifactResponse), `digest` of the artifact. The id is `<digest>:<rules version>`; a
 * report never changes.
 */
export const inspectionsCollection: CollectionDefinition = {
  name: "inspections",
  formatVersion: 1,
  upgrade: (body) => body,
  project: ({ digest }) => ({ terms: typeof digest === "string" ? [digest] : [] }),
};

/** Versions of the rules in the life of one artifact: far more than there will be. */
const MAX_REPORTS = 500;

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
    const body = { digest, report: toJson(InspectArtifactResponseSchema, report) as JsonObject };
    await this.#documents.commit([{ kind: "insert", key, body }], this.#ids.uid());
  }

  /** The writes that forget the reports of an artifact; one for each version of the rules. */
  async deleteWrites(tenantUid: string, digest: string): Promise<Write[]> {
    const query = {
      tenant: tenantUid,
      collection: inspectionsCollection.name,
      filter: { term: digest },
      limit: MAX_REPORTS,
    };
    const { documents } = await this.#documents.query(query);
    return documents.map(({ key, revision }): Write => ({ kind: "delete", key, revision }));
  }
}

function inspectionKey(tenantUid: string, digest: string, rulesVersion: string): DocumentKey {
  return { tenant: tenantUid, collection: inspectionsCollection.name, id: `${digest}:${rulesVersion}` };
}

import { fromJson, toJson } from "@bufbuild/protobuf";
import type {
  CollectionDefinition,
  DocumentKey,
  DocumentStore,
  Filter,
  JsonObject,
  Ordering,
  StoredDocument,
  Write,
} from "@slipway/documents";
import { EvaluationSchema, EvaluationSource } from "@slipway/gen/slipway/metadata/v1/evaluation_pb.js";
import { listPage } from "@slipway/resources";
import type { StoredEvaluation } from "./evaluation.ts";
import { evaluationsOn, evaluationTerms, projectEvaluation } from "./evaluation-search.ts";

/** Evaluations under their uid. Body: `resource` (without name), `modelUid`, `versionUid`. */
export const evaluationsCollection: CollectionDefinition = {
  name: "evaluations",
  formatVersion: 1,
  upgrade: (body) => body,
  project: (body) => projectEvaluation(evaluationOfBody(body)),
};

/** Evaluations in the DocumentStore, always of one tenant. They are never replaced, so their revision is 1. */
export class EvaluationStore {
  readonly #documents: DocumentStore;

  constructor(documents: DocumentStore) {
    this.#documents = documents;
  }

  async get(tenantUid: string, uid: string): Promise<StoredEvaluation | undefined> {
    const document = await this.#documents.get(keyOf(tenantUid, uid));
    return document && evaluationOfBody(document.body);
  }

  async list(
    tenantUid: string,
    query: { filter: Filter; ordering: Ordering },
    page: { pageSize: number; pageToken: string },
  ): Promise<{ evaluations: StoredEvaluation[]; nextPageToken: string }> {
    const whole = { tenant: tenantUid, collection: evaluationsCollection.name, ...query };
    const { documents, nextPageToken } = await listPage(this.#documents, whole, page);
    return { evaluations: documents.map(({ body }: StoredDocument) => evaluationOfBody(body)), nextPageToken };
  }

  /** The evaluation of a version on a dataset that counts: the latest, VERIFIED before CLAIMED. */
  async latest(tenantUid: string, versionUid: string, dataset: string): Promise<StoredEvaluation | undefined> {
    for (const source of [EvaluationSource.VERIFIED, EvaluationSource.CLAIMED]) {
      const filter = evaluationsOn(versionUid, dataset, source);
      const ordering: Ordering = { by: "created", direction: "descending" };
      const [found] = await this.#query(tenantUid, filter, 1, ordering);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The last evaluations of a version, the latest first. */
  ofVersion(tenantUid: string, versionUid: string, limit: number): Promise<StoredEvaluation[]> {
    const ordering: Ordering = { by: "created", direction: "descending" };
    return this.#query(tenantUid, { term: evaluationTerms.version(versionUid) }, limit, ordering);
  }

  insert(tenantUid: string, stored: StoredEvaluation): Write {
    return { kind: "insert", key: keyOf(tenantUid, stored.evaluation.uid), body: bodyOf(stored) };
  }

  remove(tenantUid: string, { evaluation }: StoredEvaluation): Write {
    return { kind: "delete", key: keyOf(tenantUid, evaluation.uid), revision: 1 };
  }

  async #query(tenant: string, filter: Filter, limit: number, ordering?: Ordering): Promise<StoredEvaluation[]> {
    const query = { tenant, collection: evaluationsCollection.name, filter, limit };
    const { documents } = await this.#documents.query(ordering === undefined ? query : { ...query, ordering });
    return documents.map(({ body }) => evaluationOfBody(body));
  }
}

function keyOf(tenant: string, uid: string): DocumentKey {
  return { tenant, collection: evaluationsCollection.name, id: uid };
}

function bodyOf({ evaluation, modelUid, versionUid }: StoredEvaluation): JsonObject {
  return { resource: toJson(EvaluationSchema, evaluation), modelUid, versionUid };
}

function evaluationOfBody({ resource = {}, modelUid, versionUid }: JsonObject): StoredEvaluation {
  return {
    modelUid: modelUid as string,
    versionUid: versionUid as string,
    evaluation: fromJson(EvaluationSchema, resource),
  };
}

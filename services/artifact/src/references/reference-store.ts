import { fromJson, toJson } from "@bufbuild/protobuf";
import type {
  CollectionDefinition,
  DocumentKey,
  DocumentStore,
  Filter,
  JsonObject,
  StoredDocument,
  Write,
} from "@slipway/documents";
import { type Reference, ReferenceSchema } from "@slipway/gen/slipway/artifact/v1/reference_service_pb.js";
import { listPage } from "@slipway/resources";
import type { Clock } from "@slipway/runtime";
import { isLive } from "./reference.ts";

/** When a confirmed claim lapses: never; the last millisecond that a Date can hold. */
const NEVER_MS = 8_640_000_000_000_000;

/** Body: `resource` (ProtoJSON of Reference). The id is `<digest>:<holder uid>`. */
export const referencesCollection: CollectionDefinition = {
  name: "references",
  formatVersion: 1,
  upgrade: (body) => body,
  project: ({ resource }) => {
    // As ProtoJSON has them: parsing the whole of each of many claims would take longer than all the rest.
    const { artifact, expireTime } = resource as { artifact: string; expireTime?: string };
    const lapses = expireTime === undefined ? NEVER_MS : Date.parse(expireTime);
    return { terms: [artifactTerm(artifact)], numbers: { lapses } };
  },
};

export interface ReferenceRecord {
  tenantUid: string;
  /** 0 while it is not stored yet. */
  revision: number;
  reference: Reference;
}

/** Who claims what. */
export interface Claim {
  tenantUid: string;
  /** SHA-256 of the artifact, hexadecimal. */
  digest: string;
  holderUid: string;
}

/** References of all tenants. */
export class ReferenceStore {
  readonly #documents: DocumentStore;
  readonly #clock: Clock;

  constructor(ports: { documents: DocumentStore; clock: Clock }) {
    this.#documents = ports.documents;
    this.#clock = ports.clock;
  }

  /** Also a lapsed one. `artifact` is `artifacts/{digest}`. */
  async get(tenantUid: string, artifact: string, holderUid: string): Promise<ReferenceRecord | undefined> {
    const document = await this.#documents.get(referenceKey(tenantUid, artifact, holderUid));
    return document && recordOf(document);
  }

  /** Those of up to 1,000 claims, in their order. */
  async getMany(claims: readonly Claim[]): Promise<(ReferenceRecord | undefined)[]> {
    const keys = claims.map(({ tenantUid, digest, holderUid }) =>
      referenceKey(tenantUid, `artifacts/${digest}`, holderUid),
    );
    return (await this.#documents.getMany(keys)).map((document) => document && recordOf(document));
  }

  /** Whether anything that counts holds the artifact. */
  async isReferenced(tenantUid: string, artifact: string): Promise<boolean> {
    const live: Filter = { number: "lapses", min: this.#clock.nowMs(), minExclusive: true };
    const filter: Filter = { and: [{ term: artifactTerm(artifact) }, live] };
    return (await this.#documents.count({ tenant: tenantUid, collection: referencesCollection.name, filter }, 1)) > 0;
  }

  /**
   * The references of an artifact, also lapsed ones, at most `limit`, those that hold it longest at the front: confirmed
   * ones, which end with their release alone, then pending ones.
   */
  async holders(tenantUid: string, artifact: string, limit: number): Promise<ReferenceRecord[]> {
    const { documents } = await this.#documents.query({
      tenant: tenantUid,
      collection: referencesCollection.name,
      filter: { term: artifactTerm(artifact) },
      ordering: { by: { number: "lapses" }, direction: "descending" },
      limit,
    });
    return documents.map(recordOf);
  }

  /** One page of the references that count, oldest first; of one artifact, or of the whole tenant. It may be short. */
  async page(
    tenantUid: string,
    artifact: string | undefined,
    page: { pageSize: number; pageToken: string },
  ): Promise<{ references: Reference[]; nextPageToken: string }> {
    const all = { tenant: tenantUid, collection: referencesCollection.name };
    const query = artifact === undefined ? all : { ...all, filter: { term: artifactTerm(artifact) } };
    const { documents, nextPageToken } = await listPage(this.#documents, query, page);
    const nowMs = this.#clock.nowMs();
    const references = documents.map((document) => recordOf(document).reference);
    return { references: references.filter((reference) => isLive(reference, nowMs)), nextPageToken };
  }

  /** The write of a new or changed reference; fails when somebody else wrote it since it was read. */
  write({ tenantUid, revision, reference }: ReferenceRecord): Write {
    const key = referenceKey(tenantUid, reference.artifact, reference.holderUid);
    const body: JsonObject = { resource: toJson(ReferenceSchema, reference) as JsonObject };
    return revision === 0 ? { kind: "insert", key, body } : { kind: "replace", key, revision, body };
  }

  deleteWrite({ tenantUid, revision, reference }: ReferenceRecord): Write {
    return { kind: "delete", key: referenceKey(tenantUid, reference.artifact, reference.holderUid), revision };
  }
}

function artifactTerm(artifact: string): string {
  return `artifact=${artifact}`;
}

function referenceKey(tenantUid: string, artifact: string, holderUid: string): DocumentKey {
  return { tenant: tenantUid, collection: referencesCollection.name, id: `${artifact}:${holderUid}` };
}

function recordOf({ key, revision, body }: StoredDocument): ReferenceRecord {
  return { tenantUid: key.tenant, revision, reference: fromJson(ReferenceSchema, body.resource as JsonObject) };
}

import type { CollectionDefinition, DocumentKey, DocumentStore, JsonObject, Write } from "@slipway/documents";
import type { VersionPoint } from "../lineage/relation.ts";

/** Under the uid of a purged version: what belonged to it and to those purged with it is not removed yet. */
export const purgeRemaindersCollection: CollectionDefinition = {
  name: "purge-remainders",
  formatVersion: 1,
  upgrade: (body) => body,
  project: () => ({}),
};

/** A version that is gone, by what relations know of it. */
type GoneVersion = Pick<VersionPoint, "id" | "modelUid" | "number">;

/** What is still to be removed after a purge. */
export interface PurgeRemainder {
  /** Of its document; 0 before it is stored. */
  revision: number;
  /** Name of the tenant, and who purges: for the events. */
  tenant: string;
  principal: string;
  /** Uids of the purged versions, at least one: their evaluations go. */
  versions: string[];
  /** Versions of which the relations may have become needless: these, and what they came from. */
  related: GoneVersion[];
}

/** What purges have left to do, always of one tenant. */
export class PurgeRemainderStore {
  readonly #documents: DocumentStore;

  constructor(documents: DocumentStore) {
    this.#documents = documents;
  }

  async get(tenantUid: string, uid: string): Promise<PurgeRemainder | undefined> {
    const document = await this.#documents.get(keyOf(tenantUid, uid));
    if (document === undefined) return undefined;
    const { tenant, principal, versions, related } = document.body;
    return {
      revision: document.revision,
      tenant: tenant as string,
      principal: principal as string,
      versions: versions as string[],
      related: related as unknown as GoneVersion[],
    };
  }

  /** Writes a new one, or one that was read in its place. */
  put(tenantUid: string, { revision, tenant, principal, versions, related }: PurgeRemainder): Write {
    const key = keyOf(tenantUid, versions[0] as string);
    const gone = related.map(({ id, modelUid, number }): JsonObject => ({ id, modelUid, number }));
    const body = { tenant, principal, versions, related: gone };
    return revision === 0 ? { kind: "insert", key, body } : { kind: "replace", key, revision, body };
  }

  remove(tenantUid: string, { revision, versions }: PurgeRemainder): Write {
    return { kind: "delete", key: keyOf(tenantUid, versions[0] as string), revision };
  }
}

function keyOf(tenant: string, uid: string): DocumentKey {
  return { tenant, collection: purgeRemaindersCollection.name, id: uid };
}

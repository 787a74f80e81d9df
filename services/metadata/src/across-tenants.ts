import type { AcrossTenants, Cursor, Filter, Query, StoredDocument } from "@slipway/documents";
import { COUNT_CAP, listPage } from "@slipway/resources";
import { type AccessStore, keysCollection, keyTerm, type StoredKey, storedKeyOf } from "./access/access-store.ts";
import type { ReferencingVersion } from "./access/download.ts";
import { isTenantName } from "./access/principal.ts";
import { isShared, type StoredModel } from "./models/model.ts";
import { PURGING_TERM, RETAINED_TERM, SHARED_TERM } from "./models/model-search.ts";
import { type ModelStore, modelsCollection, storedModelOf } from "./models/model-store.ts";
import { renamesCollection } from "./models/rename-store.ts";
import type { StoredTransition } from "./transitions/transition.ts";
import { EXPIRES_NUMBER } from "./transitions/transition-search.ts";
import { storedTransitionOf, transitionsCollection } from "./transitions/transition-store.ts";
import { purgeRemaindersCollection } from "./versions/purge-remainder-store.ts";
import type { VersionStore } from "./versions/version-store.ts";

/** Reads a bounded number of replies to request ids that nobody may ask for any more, and removes them. */
export { removeLapsedRequests } from "@slipway/resources";

/** A key by its id: whoever shows it has not said yet which tenant it is of (design: the tenant comes from the key). */
export async function findKeyById(acrossTenants: AcrossTenants, id: string): Promise<StoredKey | undefined> {
  const filter = { term: keyTerm(id) };
  const { documents } = await acrossTenants.query({ collection: keysCollection.name, filter, limit: 1 });
  const [document] = documents;
  return document && storedKeyOf(document);
}

/** Some models that were renamed while versions know them by an older name. */
export async function findRenames(acrossTenants: AcrossTenants): Promise<{ tenantUid: string; modelUid: string }[]> {
  const { documents } = await acrossTenants.query({ collection: renamesCollection.name, limit: 100 });
  return documents.map(({ key }) => ({ tenantUid: key.tenant, modelUid: key.id }));
}

/** Some purged versions of which not everything is removed, so that it is, whoever began. */
export async function findPurgeRemainders(acrossTenants: AcrossTenants): Promise<{ tenantUid: string; uid: string }[]> {
  const { documents } = await acrossTenants.query({ collection: purgeRemaindersCollection.name, limit: 100 });
  return documents.map(({ key }) => ({ tenantUid: key.tenant, uid: key.id }));
}

/** A page of the models that have a retention policy. */
export async function findRetained(
  acrossTenants: AcrossTenants,
  after: Cursor | undefined,
): Promise<{ found: { tenantUid: string; stored: StoredModel }[]; next: Cursor | undefined }> {
  const query = { collection: modelsCollection.name, filter: { term: RETAINED_TERM }, limit: 100 };
  const { documents, next } = await acrossTenants.query(after === undefined ? query : { ...query, after });
  const found = documents.map((document) => ({ tenantUid: document.key.tenant, stored: storedModelOf(document) }));
  return { found, next };
}

/** Some models whose purge has begun and not ended, so that it goes on whoever began it. */
export async function findPurges(acrossTenants: AcrossTenants): Promise<{ tenantUid: string; stored: StoredModel }[]> {
  const filter = { term: PURGING_TERM };
  const { documents } = await acrossTenants.query({ collection: modelsCollection.name, filter, limit: 100 });
  return documents.map((document) => ({ tenantUid: document.key.tenant, stored: storedModelOf(document) }));
}

/** Some transitions that waited for too long, so that each ends whoever forgot it. */
export async function findLapsedTransitions(
  acrossTenants: AcrossTenants,
  nowMs: number,
): Promise<{ tenantUid: string; stored: StoredTransition }[]> {
  const filter = { number: EXPIRES_NUMBER, max: nowMs };
  const { documents } = await acrossTenants.query({ collection: transitionsCollection.name, filter, limit: 100 });
  return documents.map((document) => ({ tenantUid: document.key.tenant, stored: storedTransitionOf(document) }));
}

/** The stores in which shared models are found. */
export interface SharedModelStores {
  access: Pick<AccessStore, "tenant">;
  models: Pick<ModelStore, "find">;
  versions: Pick<VersionStore, "ofArtifact">;
}

/** A shared model by the names of its tenant and its own, for whoever asks (design: reads of a shared model). */
export async function findSharedModel(
  { access, models }: SharedModelStores,
  tenant: string,
  model: string,
): Promise<{ tenantUid: string; stored: StoredModel } | undefined> {
  const tenantUid = await uidOfTenant(access, tenant);
  const stored = tenantUid === undefined ? undefined : await models.find(tenantUid, model);
  return tenantUid !== undefined && stored !== undefined && isShared(stored) ? { tenantUid, stored } : undefined;
}

/** The models that other tenants share with the one that is given (design: reads of a shared model). */
export function sharedModelsOf(acrossTenants: AcrossTenants): Pick<ModelStore, "list" | "matches"> {
  const collection = modelsCollection.name;
  const among = (filter: Filter): Filter => ({ and: [{ term: SHARED_TERM }, filter] });
  const ofOthers = (documents: readonly StoredDocument[], tenantUid: string) =>
    documents
      .filter(({ key }) => key.tenant !== tenantUid)
      .map(storedModelOf)
      .filter(isShared);
  return {
    async list(tenantUid, { filter, ordering }, page) {
      const everywhere = { query: ({ tenant: _, ...query }: Query) => acrossTenants.query(query) };
      // A token belongs to the tenant that asks.
      const whole = { tenant: tenantUid, collection, filter: among(filter), ordering };
      const { documents, nextPageToken } = await listPage(everywhere, whole, page);
      return { models: ofOthers(documents, tenantUid), nextPageToken };
    },

    matches(tenantUid, filter) {
      const newest = async () => {
        const ordering = { by: "created", direction: "descending" } as const;
        const query = { collection, filter: among(filter), ordering, limit: COUNT_CAP - 1 };
        const { documents, next } = await acrossTenants.query(query);
        return { found: ofOthers(documents, tenantUid), isAll: next === undefined };
      };
      return {
        newest,
        count: async () => {
          const { found, isAll } = await newest();
          return isAll ? found.length : COUNT_CAP;
        },
      };
    },
  };
}

/** The versions of a tenant that reference an artifact, where one of them is of a shared model. */
export async function findSharedArtifact(
  { access, versions }: SharedModelStores,
  tenant: string,
  digest: string,
): Promise<{ tenantUid: string; versions: ReferencingVersion[] } | undefined> {
  const tenantUid = await uidOfTenant(access, tenant);
  if (tenantUid === undefined) return undefined;
  const found = await versions.ofArtifact(tenantUid, digest);
  return found.some(({ shared }) => shared) ? { tenantUid, versions: found } : undefined;
}

async function uidOfTenant(access: Pick<AccessStore, "tenant">, name: string): Promise<string | undefined> {
  return isTenantName(name) ? (await access.tenant(name))?.uid : undefined;
}

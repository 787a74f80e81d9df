import type { AcrossTenants } from "@slipway/documents";
import { keysCollection, keyTerm, type StoredKey, storedKeyOf } from "./access/access-store.ts";
import type { StoredModel } from "./models/model.ts";
import { PURGING_TERM } from "./models/model-search.ts";
import { modelsCollection, storedModelOf } from "./models/model-store.ts";

/** Reads a bounded number of replies to request ids that nobody may ask for any more, and removes them. */
export { removeLapsedRequests } from "@slipway/resources";

/** A key by its id: whoever shows it has not said yet which tenant it is of (design: the tenant comes from the key). */
export async function findKeyById(acrossTenants: AcrossTenants, id: string): Promise<StoredKey | undefined> {
  const filter = { term: keyTerm(id) };
  const { documents } = await acrossTenants.query({ collection: keysCollection.name, filter, limit: 1 });
  const [document] = documents;
  return document && storedKeyOf(document);
}

/** Some models whose purge has begun and not ended, so that it goes on whoever began it. */
export async function findPurges(acrossTenants: AcrossTenants): Promise<{ tenantUid: string; stored: StoredModel }[]> {
  const filter = { term: PURGING_TERM };
  const { documents } = await acrossTenants.query({ collection: modelsCollection.name, filter, limit: 100 });
  return documents.map((document) => ({ tenantUid: document.key.tenant, stored: storedModelOf(document) }));
}

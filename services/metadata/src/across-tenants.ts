import type { AcrossTenants } from "@slipway/documents";
import { keysCollection, keyTerm, type StoredKey, storedKeyOf } from "./access/access-store.ts";

/** A key by its id: whoever shows it has not said yet which tenant it is of (design: the tenant comes from the key). */
export async function findKeyById(acrossTenants: AcrossTenants, id: string): Promise<StoredKey | undefined> {
  const filter = { term: keyTerm(id) };
  const { documents } = await acrossTenants.query({ collection: keysCollection.name, filter, limit: 1 });
  const [document] = documents;
  return document && storedKeyOf(document);
}

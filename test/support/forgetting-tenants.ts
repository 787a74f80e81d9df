import {
  type AcrossTenants,
  type DocumentKey,
  type DocumentStore,
  PLATFORM,
  type StoredDocument,
  type Write,
} from "@slipway/documents";
import { sequencerCollection } from "@slipway/events";
import type { Engines } from "@slipway/standalone/engines";

const SHARED = "shared";
const OWNER = "ownerBeforeSabotage";

/** Engines as they would be if no query and no key carried the tenant: what one stores, everybody finds. */
export function forgettingTenants(engines: Engines): Engines {
  const { metadata, artifact, workflow } = engines;
  const forget = ({ documents, acrossTenants }: Engines["metadata"]) => ({
    documents: forgetful(documents),
    acrossTenants: {
      query: async (query) => {
        const page = await acrossTenants.query(query);
        return { ...page, documents: page.documents.map(restored) };
      },
    } satisfies AcrossTenants,
  });
  return { ...engines, metadata: forget(metadata), artifact: forget(artifact), workflow: forget(workflow) };
}

function forgetful(documents: DocumentStore): DocumentStore {
  return {
    get: async (key) => optional(await documents.get(shared(key))),
    getMany: async (keys) => (await documents.getMany(keys.map(shared))).map(optional),
    query: async (query) => {
      const page = await documents.query({ ...query, tenant: sharedTenant(query.tenant) });
      return { ...page, documents: page.documents.map(restored) };
    },
    count: (query, cap) => documents.count({ ...query, tenant: sharedTenant(query.tenant) }, cap),
    commit: (writes, id) => documents.commit(writes.map(sharedWrite), id),
    close: () => documents.close(),
  };
}

function sharedTenant(tenant: string): string {
  return tenant === PLATFORM ? PLATFORM : SHARED;
}

/** Positions stay apart: two tenants' events in one batch would write one document twice, and no event ever get a number. */
function shared(key: DocumentKey): DocumentKey {
  return key.collection === sequencerCollection.name ? key : { ...key, tenant: sharedTenant(key.tenant) };
}

function sharedWrite(write: Write): Write {
  const key = shared(write.key);
  if (write.kind === "check" || write.kind === "delete") return { ...write, key };
  return { ...write, key, body: { ...write.body, [OWNER]: write.key.tenant } };
}

function restored(document: StoredDocument): StoredDocument {
  const { [OWNER]: owner, ...body } = document.body;
  return { ...document, key: { ...document.key, tenant: owner as string }, body };
}

function optional(document: StoredDocument | undefined): StoredDocument | undefined {
  return document && restored(document);
}

import type { DocumentStore, Filter, Query, StoredDocument } from "@slipway/documents";
import type { Engines } from "@slipway/standalone/engines";

/** What an engine could do otherwise than the others, each a way in which two real engines have differed somewhere. */
export const ALTERATIONS: Record<string, (engines: Engines) => Engines> = {
  "lists models backwards": (engines) => withQueries(engines, "models", reversed),
  "sorts by UTF-16 unit": (engines) => withPages(engines, "models", sortedByUnit),
  "takes no notice of NOT": (engines) =>
    withQueries(engines, "versions", ({ filter, ...query }) => ({
      ...query,
      ...(filter && { filter: withoutNot(filter) }),
    })),
  "takes bounds of ranges in": (engines) =>
    withQueries(engines, "events", ({ filter, ...query }) => ({
      ...query,
      ...(filter && { filter: inclusive(filter) }),
    })),
  "inserts over what is there": (engines) => ({
    ...engines,
    metadata: { ...engines.metadata, documents: insertingOver(engines.metadata.documents) },
  }),
  "forgets an object": (engines) => ({ ...engines, objects: forgetful(engines.objects) }),
};

function withQueries(engines: Engines, collection: string, change: (query: Query) => Query): Engines {
  const { documents } = engines.metadata;
  const query: DocumentStore["query"] = (asked) =>
    documents.query(asked.collection === collection ? change(asked) : asked);
  return { ...engines, metadata: { ...engines.metadata, documents: over(documents, { query }) } };
}

function withPages(engines: Engines, collection: string, change: (documents: StoredDocument[], query: Query) => void) {
  const { documents } = engines.metadata;
  const query: DocumentStore["query"] = async (asked) => {
    const page = await documents.query(asked);
    if (asked.collection === collection) change(page.documents, asked);
    return page;
  };
  return { ...engines, metadata: { ...engines.metadata, documents: over(documents, { query }) } };
}

function over(documents: DocumentStore, other: Partial<DocumentStore>): DocumentStore {
  return {
    get: (key) => documents.get(key),
    getMany: (keys) => documents.getMany(keys),
    query: (query) => documents.query(query),
    count: (query, cap) => documents.count(query, cap),
    commit: (writes, id) => documents.commit(writes, id),
    close: () => documents.close(),
    ...other,
  };
}

function reversed(query: Query): Query {
  const { by, direction } = query.ordering ?? { by: "created", direction: "ascending" };
  return { ...query, ordering: { by, direction: direction === "ascending" ? "descending" : "ascending" } };
}

function sortedByUnit(documents: StoredDocument[], { ordering }: Query): void {
  if (typeof ordering?.by !== "object" || !("string" in ordering.by)) return;
  const nameOf = ({ body }: StoredDocument) => (body.resource as { name: string }).name;
  documents.sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
  if (ordering.direction === "descending") documents.reverse();
}

function withoutNot(filter: Filter): Filter {
  if ("not" in filter) return { and: [] };
  if ("and" in filter) return { and: filter.and.map(withoutNot) };
  return "or" in filter ? { or: filter.or.map(withoutNot) } : filter;
}

function inclusive(filter: Filter): Filter {
  if ("number" in filter) return { ...filter, minExclusive: false };
  return "and" in filter ? { and: filter.and.map(inclusive) } : filter;
}

/** Replaces a document that an insert finds. */
function insertingOver(documents: DocumentStore): DocumentStore {
  return over(documents, {
    commit: async (writes, id) => {
      const current = await documents.getMany(writes.map(({ key }) => key));
      const altered = writes.map((write, index) => {
        const found = current[index];
        if (write.kind !== "insert" || found === undefined || write.key.collection !== "principals") return write;
        return { kind: "replace" as const, key: write.key, body: write.body, revision: found.revision };
      });
      return documents.commit(altered, id);
    },
  });
}

function forgetful(objects: Engines["objects"]): Engines["objects"] {
  return {
    put: (key, bytes) => objects.put(key, bytes),
    get: (key, range) => objects.get(key, range),
    read: (key, range) => objects.read(key, range),
    stat: (key) => objects.stat(key),
    delete: (key) => objects.delete(key),
    close: () => objects.close(),
    list: async function* (prefix) {
      let first = true;
      for await (const object of objects.list(prefix)) {
        if (!first) yield object;
        first = false;
      }
    },
  };
}

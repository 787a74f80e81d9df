import type { DocumentStore } from "@slipway/documents";
import { eventsCollection } from "./event-record.ts";

/** The same store, which tells when an event was committed: `notifyingDocuments(documents, () => sequencer.notify())`. */
export function notifyingDocuments(documents: DocumentStore, notify: () => void): DocumentStore {
  return {
    get: (key) => documents.get(key),
    getMany: (keys) => documents.getMany(keys),
    query: (query) => documents.query(query),
    count: (query, cap) => documents.count(query, cap),
    commit: async (writes, commitId) => {
      const outcome = await documents.commit(writes, commitId);
      const reports = writes.some(({ kind, key }) => kind === "insert" && key.collection === eventsCollection.name);
      if (outcome.committed && reports) notify();
      return outcome;
    },
    close: () => documents.close(),
  };
}

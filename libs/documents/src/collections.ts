import type { CollectionDefinition, JsonObject } from "./document-store.ts";
import { DocumentStoreError } from "./document-store.ts";
import { type EntriesByListing, indexEntries } from "./index-entries.ts";
import { jsonText } from "./json-text.ts";
import { limits } from "./limits.ts";

const collectionName = /^[a-z][a-z0-9-]*$/;

/** The definitions of one store by name: what turns bodies into stored text and back. */
export class Collections {
  readonly #byName = new Map<string, CollectionDefinition>();

  /** @throws DocumentStoreError INVALID where two have one name, or a name or format is refused */
  constructor(definitions: CollectionDefinition[]) {
    for (const definition of definitions) {
      const { name, formatVersion } = definition;
      if (!collectionName.test(name) || name.length > limits.collectionNameCharacters) {
        throw new DocumentStoreError("INVALID", `a collection cannot be called ${JSON.stringify(name)}`);
      }
      if (!Number.isSafeInteger(formatVersion) || formatVersion < 1) {
        throw new DocumentStoreError("INVALID", `collection ${name}: formats are numbered 1, 2, 3 …`);
      }
      if (this.#byName.has(name)) throw new DocumentStoreError("INVALID", `collection ${name} is defined twice`);
      this.#byName.set(name, definition);
    }
  }

  all(): { name: string; formatVersion: number }[] {
    return [...this.#byName.values()].map(({ name, formatVersion }) => ({ name, formatVersion }));
  }

  /** @throws DocumentStoreError INVALID where no such collection is defined */
  get(name: string): CollectionDefinition {
    const definition = this.#byName.get(name);
    if (!definition) throw new DocumentStoreError("INVALID", `collection ${JSON.stringify(name)} is not registered`);
    return definition;
  }

  /** What is stored of a body. @throws DocumentStoreError INVALID */
  toStored(collection: string, body: JsonObject): { body: string; entries: EntriesByListing } {
    return { body: jsonText(body), entries: this.entriesOf(collection, body) };
  }

  /** What a body is found by. @throws DocumentStoreError INVALID */
  entriesOf(collection: string, body: JsonObject): EntriesByListing {
    const { project, projectAcrossTenants } = this.get(collection);
    return {
      inTenant: indexEntries(project(body)),
      acrossTenants: projectAcrossTenants && indexEntries(projectAcrossTenants(body)),
    };
  }

  /** The body in today's format. @throws DocumentStoreError NEWER_FORMAT */
  fromStored(collection: string, formatVersion: number, body: string): JsonObject {
    const definition = this.get(collection);
    if (formatVersion > definition.formatVersion) {
      throw new DocumentStoreError(
        "NEWER_FORMAT",
        `a document of ${collection} has format ${formatVersion}; this code knows ${definition.formatVersion}`,
      );
    }
    const parsed = JSON.parse(body) as JsonObject;
    return formatVersion === definition.formatVersion ? parsed : definition.upgrade(parsed, formatVersion);
  }
}

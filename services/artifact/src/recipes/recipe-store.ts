import type {
  CollectionDefinition,
  DocumentKey,
  DocumentStore,
  JsonObject,
  Query,
  StoredDocument,
  Write,
} from "@slipway/documents";
import type { Ids } from "@slipway/runtime";
import type { ProvenRecipe, Recipe, RecipeEntry } from "./recipe.ts";

/** Proven recipes by the SHA-256 of the file. Body: `recipe` (uid), `sizeBytes`, `pageStarts`. */
export const recipesCollection: CollectionDefinition = {
  name: "recipes",
  formatVersion: 1,
  upgrade: (body) => body,
  project: ({ recipe }) => ({ terms: [`recipe=${recipe}`] }),
};

/**
 * Pages of proven and of growing recipes, `<recipe uid>:<number>`. Body: `upload` (uid of the upload that wrote it),
 * `recipe`, `sha256` and `length` (two lists, an entry per chunk). They are found again by upload.
 */
export const recipePagesCollection: CollectionDefinition = {
  name: "recipe-pages",
  formatVersion: 1,
  upgrade: (body) => body,
  project: ({ upload, recipe }) => ({ strings: { [`upload:${upload}`]: recipe as string } }),
};

/** Pages looked at in one request and removed in one commit; the largest have 320 KiB. */
const PAGES_A_SWEEP = 100;

/** Recipes of all tenants. */
export class RecipeStore {
  readonly #documents: DocumentStore;

  constructor({ documents }: { documents: DocumentStore }) {
    this.#documents = documents;
  }

  /** The proven recipes of files (at most 1,000), in the order asked for. */
  async proven(tenantUid: string, sha256s: readonly string[]): Promise<(ProvenRecipe | undefined)[]> {
    if (sha256s.length === 0) return [];
    const found = await this.#documents.getMany(sha256s.map((sha256) => recipeKey(tenantUid, sha256)));
    return found.map((document) => document && provenOf(document));
  }

  /** The entries of a page; undefined when it is missing. */
  async page(tenantUid: string, { recipeUid }: Recipe, number: number): Promise<RecipeEntry[] | undefined> {
    const document = await this.#documents.get(pageKey(tenantUid, recipeUid, number));
    return document && entriesOf(document);
  }

  /** The write of a page; `number` counts from 0. */
  pageWrite(tenantUid: string, uploadUid: string, recipeUid: string, number: number, entries: RecipeEntry[]): Write {
    const body: JsonObject = {
      upload: uploadUid,
      recipe: recipeUid,
      sha256: entries.map(({ sha256 }) => sha256),
      length: entries.map(({ lengthBytes }) => lengthBytes),
    };
    return { kind: "insert", key: pageKey(tenantUid, recipeUid, number), body };
  }

  /** The write that makes a recipe serve the whole tenant; it fails where the file has a proven recipe already. */
  provenWrite(tenantUid: string, { sha256, recipeUid, sizeBytes, pageStarts }: ProvenRecipe): Write {
    const body: JsonObject = { recipe: recipeUid, sizeBytes, pageStarts };
    return { kind: "insert", key: recipeKey(tenantUid, sha256), body };
  }

  /** Removes the pages that an ended upload wrote, but not those of recipes that serve the tenant. */
  async removeAbandonedPages(tenantUid: string, uploadUid: string, ids: Ids): Promise<void> {
    const query: Query = {
      tenant: tenantUid,
      collection: recipePagesCollection.name,
      ordering: { by: { string: `upload:${uploadUid}` }, direction: "ascending" },
      limit: PAGES_A_SWEEP,
    };
    for (let next: Query | undefined = query; next !== undefined; ) {
      const page = await this.#documents.query(next);
      const recipeUids = [...new Set(page.documents.map(({ body }) => body.recipe as string))];
      const proven = await Promise.all(recipeUids.map((recipeUid) => this.#isProven(tenantUid, recipeUid)));
      const abandoned = new Set(recipeUids.filter((_, index) => !proven[index]));
      const deletes = page.documents
        .filter(({ body }) => abandoned.has(body.recipe as string))
        .map(({ key, revision }): Write => ({ kind: "delete", key, revision }));
      if (deletes.length > 0) await this.#documents.commit(deletes, ids.uid());
      next = page.next && { ...query, after: page.next };
    }
  }

  async #isProven(tenantUid: string, recipeUid: string): Promise<boolean> {
    const filter = { term: `recipe=${recipeUid}` };
    return (await this.#documents.count({ tenant: tenantUid, collection: recipesCollection.name, filter }, 1)) > 0;
  }
}

function recipeKey(tenantUid: string, sha256: string): DocumentKey {
  return { tenant: tenantUid, collection: recipesCollection.name, id: sha256 };
}

function pageKey(tenantUid: string, recipeUid: string, number: number): DocumentKey {
  return { tenant: tenantUid, collection: recipePagesCollection.name, id: `${recipeUid}:${number}` };
}

function provenOf({ key, body }: StoredDocument): ProvenRecipe {
  return {
    sha256: key.id,
    recipeUid: body.recipe as string,
    sizeBytes: body.sizeBytes as number,
    pageStarts: body.pageStarts as number[],
  };
}

function entriesOf({ body }: StoredDocument): RecipeEntry[] {
  const lengths = body.length as number[];
  return (body.sha256 as string[]).map((sha256, index) => ({ sha256, lengthBytes: lengths[index] as number }));
}

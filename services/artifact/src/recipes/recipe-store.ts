import type {
  CollectionDefinition,
  DocumentKey,
  DocumentStore,
  Filter,
  JsonObject,
  Query,
  StoredDocument,
  Write,
} from "@slipway/documents";
import type { Ids } from "@slipway/runtime";
import { condemnationBody, condemnationNumbers, condemnationOf } from "../collection/condemnation.ts";
import { createdBefore, type OldDocuments, type OldPart } from "../collection/created-before.ts";
import { usageTerm, usageTerms } from "../collection/usage-term.ts";
import type { ProvenRecipe, Recipe, RecipeEntry } from "./recipe.ts";

/**
 * Proven recipes by the SHA-256 of the file. Body: `recipe` (uid), `sizeBytes`, `pageStarts`, `damaged`, and `condemnedMs`
 * and `condemnedEpoch` once nothing uses it.
 */
export const recipesCollection: CollectionDefinition = {
  name: "recipes",
  formatVersion: 1,
  upgrade: (body) => body,
  project: (body) => ({ terms: [`recipe=${body.recipe}`], numbers: condemnationNumbers(body) }),
};

/**
 * Pages of proven and of growing recipes, `<recipe uid>:<number>`. Body: `upload` (uid of the upload that wrote it),
 * `recipe`, `sha256` and `length` (two lists, an entry per chunk). They are found again by upload, and by chunk (from
 * format 2 on).
 */
export const recipePagesCollection: CollectionDefinition = {
  name: "recipe-pages",
  formatVersion: 2,
  upgrade: (body) => body,
  project: ({ upload, recipe, sha256 }) => ({
    terms: usageTerms(sha256 as string[]),
    strings: { [`upload:${upload}`]: recipe as string },
  }),
};

/** Pages looked at in one request; the largest have 320 KiB. */
const PAGES_A_SWEEP = 100;

/** Recipes of all tenants. */
export class RecipeStore {
  readonly #documents: DocumentStore;
  readonly #ids: Ids;

  constructor(ports: { documents: DocumentStore; ids: Ids }) {
    this.#documents = ports.documents;
    this.#ids = ports.ids;
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

  /** The write that makes a recipe serve the whole tenant; fails where somebody else wrote it since it was read. */
  provenWrite(
    tenantUid: string,
    { sha256, revision, recipeUid, sizeBytes, pageStarts, isDamaged, condemned }: ProvenRecipe,
  ): Write {
    const body: JsonObject = {
      recipe: recipeUid,
      sizeBytes,
      pageStarts,
      ...(isDamaged ? { damaged: true } : {}),
      ...condemnationBody(condemned),
    };
    const key = recipeKey(tenantUid, sha256);
    return revision === 0 ? { kind: "insert", key, body } : { kind: "replace", key, revision, body };
  }

  /** Notes that chunks of the file are lost, so that it is sent again; where another call is faster, it said the same. */
  async markDamaged(tenantUid: string, recipe: ProvenRecipe): Promise<void> {
    if (recipe.isDamaged) return;
    await this.#documents.commit([this.provenWrite(tenantUid, { ...recipe, isDamaged: true })], this.#ids.uid());
  }

  /** The recipes that an ended upload wrote and that do not serve the tenant, with how many pages each has at most. */
  async *abandoned(tenantUid: string, uploadUid: string): AsyncIterable<{ recipeUid: string; pageCount: number }[]> {
    const query: Query = {
      tenant: tenantUid,
      collection: recipePagesCollection.name,
      ordering: { by: { string: `upload:${uploadUid}` }, direction: "ascending" },
      limit: PAGES_A_SWEEP,
    };
    for (let next: Query | undefined = query; next !== undefined; ) {
      const page = await this.#documents.query(next);
      const counts = new Map<string, number>();
      for (const { key, body } of page.documents) {
        const recipeUid = body.recipe as string;
        const pageCount = Number(key.id.slice(recipeUid.length + 1)) + 1;
        counts.set(recipeUid, Math.max(counts.get(recipeUid) ?? 0, pageCount));
      }
      const recipes = [...counts].map(([recipeUid, pageCount]) => ({ recipeUid, pageCount }));
      const proven = await Promise.all(recipes.map(({ recipeUid }) => this.#isProven(tenantUid, recipeUid)));
      const abandoned = recipes.filter((_, index) => !proven[index]);
      if (abandoned.length > 0) yield abandoned;
      next = page.next && { ...query, after: page.next };
    }
  }

  /** A page with its revision, to be removed; undefined when it is missing. */
  async storedPage(
    tenantUid: string,
    recipeUid: string,
    number: number,
  ): Promise<{ sha256s: string[]; deleteWrite: Write } | undefined> {
    const document = await this.#documents.get(pageKey(tenantUid, recipeUid, number));
    if (document === undefined) return undefined;
    const { key, revision, body } = document;
    return { sha256s: body.sha256 as string[], deleteWrite: { kind: "delete", key, revision } };
  }

  /** In how many pages a chunk is, counted to `cap`. */
  countPagesWith(tenantUid: string, chunkSha256: string, cap: number): Promise<number> {
    const filter = { term: usageTerm(chunkSha256) };
    return this.#documents.count({ tenant: tenantUid, collection: recipePagesCollection.name, filter }, cap);
  }

  /** The SHA-256 of those that were made before a time, a part at a time. */
  async createdBefore(tenant: string, { beforeMs, after, limit }: OldPart): Promise<OldDocuments> {
    const query = { tenant, collection: recipesCollection.name, after: { order: after }, limit };
    return createdBefore(await this.#documents.query(query), beforeMs);
  }

  /** Some of the tenant's condemned recipes, at most 1,000. */
  async condemned(tenantUid: string, filter: Filter, limit: number): Promise<ProvenRecipe[]> {
    const query = { tenant: tenantUid, collection: recipesCollection.name, filter, limit };
    return (await this.#documents.query(query)).documents.map(provenOf);
  }

  /** The write that forgets a recipe as it was read; its pages stay. */
  deleteWrite(tenantUid: string, { sha256, revision }: ProvenRecipe): Write {
    return { kind: "delete", key: recipeKey(tenantUid, sha256), revision };
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

function provenOf({ key, revision, body }: StoredDocument): ProvenRecipe {
  return {
    sha256: key.id,
    revision,
    isDamaged: body.damaged === true,
    condemned: condemnationOf(body),
    recipeUid: body.recipe as string,
    sizeBytes: body.sizeBytes as number,
    pageStarts: body.pageStarts as number[],
  };
}

function entriesOf({ body }: StoredDocument): RecipeEntry[] {
  const lengths = body.length as number[];
  return (body.sha256 as string[]).map((sha256, index) => ({ sha256, lengthBytes: lengths[index] as number }));
}

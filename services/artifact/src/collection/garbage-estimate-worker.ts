import type { Clock } from "@slipway/runtime";
import type { ArtifactRecord } from "../artifacts/artifact.ts";
import type { ArtifactStore } from "../artifacts/artifact-store.ts";
import type { ChunkStore } from "../chunks/chunk-store.ts";
import type { UploadedFileStore } from "../files/uploaded-file-store.ts";
import type { ProvenRecipe } from "../recipes/recipe.ts";
import type { RecipeStore } from "../recipes/recipe-store.ts";
import type { ReferenceStore } from "../references/reference-store.ts";
import { expiryOf } from "./expiry.ts";
import type { Garbage } from "./garbage.ts";

/** Artifacts, recipes and chunks looked at: as the contract says. */
const MAX_ARTIFACTS = 1000;
const MAX_ENTRIES = 200_000;
/** Look-ups under way at once. */
const LOOK_UPS_AT_ONCE = 100;

export interface GarbageEstimateParts {
  clock: Clock;
  artifacts: ArtifactStore;
  references: ReferenceStore;
  files: UploadedFileStore;
  recipes: RecipeStore;
  chunks: ChunkStore;
}

/** Works out what the collector would remove in the end, by counting who else uses it; changes nothing. */
export class GarbageEstimate {
  readonly #parts: GarbageEstimateParts;

  constructor(parts: GarbageEstimateParts) {
    this.#parts = parts;
  }

  /** `isPartial`: there is more than was looked at. */
  async remaining(tenantUid: string): Promise<Garbage & { isPartial: boolean }> {
    const { artifacts, clock, recipes, chunks } = this.#parts;
    const due = await artifacts.due(tenantUid, clock.nowMs(), MAX_ARTIFACTS);
    const over = await kept(due, (record) => this.#isOver(record));
    const fileUses = new Uses();
    for (const record of over) await this.#countFiles(record, fileUses);
    const unused = await kept(fileUses.entries(), ([sha256, uses]) => this.#isOnlyUsed(tenantUid, sha256, uses));
    const condemned = await recipes.condemned(tenantUid, { number: "condemned" }, MAX_ARTIFACTS);
    const going = new Map<string, ProvenRecipe>();
    for (const sha256s of batches(unused.map(([sha256]) => sha256)))
      for (const recipe of await recipes.proven(tenantUid, sha256s)) if (recipe) going.set(recipe.recipeUid, recipe);
    for (const recipe of await kept(condemned, ({ sha256 }) =>
      this.#isOnlyUsed(tenantUid, sha256, fileUses.of(sha256)),
    ))
      going.set(recipe.recipeUid, recipe);
    const chunkUses = new Uses();
    for (const recipe of going.values()) await this.#countChunks(tenantUid, recipe, chunkUses);
    const marked = await chunks.condemned(tenantUid, { number: "condemned" }, MAX_ARTIFACTS);
    for (const { sha256 } of marked) chunkUses.add(sha256, 0);
    const free = await kept(
      chunkUses.entries(),
      async ([sha256, uses]) => (await recipes.countPagesWith(tenantUid, sha256, uses + 1)) <= uses,
    );
    const found = [];
    for (const sha256s of batches(free.map(([sha256]) => sha256)))
      found.push(...(await chunks.getMany(tenantUid, sha256s)));
    return {
      artifacts: over.length,
      chunks: found.length,
      bytes: found.reduce((sum, { place }) => sum + place.lengthBytes, 0),
      isPartial:
        [due, condemned, marked].some(({ length }) => length === MAX_ARTIFACTS) || fileUses.isFull || chunkUses.isFull,
    };
  }

  async #isOver({ tenantUid, artifact }: ArtifactRecord): Promise<boolean> {
    const { references, clock } = this.#parts;
    const [longest] = await references.holders(tenantUid, artifact.name, 1);
    return expiryOf(longest?.reference, clock.nowMs()).kind === "OVER";
  }

  async #isOnlyUsed(tenantUid: string, sha256: string, uses: number): Promise<boolean> {
    const { artifacts, files } = this.#parts;
    const pages = await artifacts.countPagesWith(tenantUid, sha256, uses + 1);
    return pages <= uses && (await files.countWith(tenantUid, sha256, 1)) === 0;
  }

  async #countFiles({ tenantUid, pagesUid, pageFirstPaths }: ArtifactRecord, uses: Uses): Promise<void> {
    for (let number = 0; number < pageFirstPaths.length && !uses.isFull; number += 1) {
      const page = await this.#parts.artifacts.storedPage(tenantUid, pagesUid, number);
      for (const sha256 of new Set(page?.files.map((file) => file.sha256))) uses.add(sha256, 1);
    }
  }

  async #countChunks(tenantUid: string, { recipeUid, pageStarts }: ProvenRecipe, uses: Uses): Promise<void> {
    for (let number = 0; number < pageStarts.length && !uses.isFull; number += 1) {
      const page = await this.#parts.recipes.storedPage(tenantUid, recipeUid, number);
      for (const sha256 of new Set(page?.sha256s)) uses.add(sha256, 1);
    }
  }
}

/** In how many pages something is, of those that go. */
class Uses {
  readonly #counts = new Map<string, number>();

  add(sha256: string, uses: number): void {
    this.#counts.set(sha256, this.of(sha256) + uses);
  }

  of(sha256: string): number {
    return this.#counts.get(sha256) ?? 0;
  }

  get isFull(): boolean {
    return this.#counts.size >= MAX_ENTRIES;
  }

  entries(): [string, number][] {
    return [...this.#counts];
  }
}

function batches<Item>(items: readonly Item[]): Item[][] {
  const count = Math.ceil(items.length / LOOK_UPS_AT_ONCE);
  return Array.from({ length: count }, (_, n) => items.slice(n * LOOK_UPS_AT_ONCE, (n + 1) * LOOK_UPS_AT_ONCE));
}

async function kept<Item>(items: readonly Item[], isKept: (item: Item) => Promise<boolean>): Promise<Item[]> {
  const found: Item[] = [];
  for (const batch of batches(items)) {
    const answers = await Promise.all(batch.map(isKept));
    found.push(...batch.filter((_, index) => answers[index]));
  }
  return found;
}

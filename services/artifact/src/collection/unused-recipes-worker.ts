import { type Clock, faultPoint } from "@slipway/runtime";
import type { ArtifactStore } from "../artifacts/artifact-store.ts";
import type { UploadedFileStore } from "../files/uploaded-file-store.ts";
import type { ProvenRecipe } from "../recipes/recipe.ts";
import type { RecipeStore } from "../recipes/recipe-store.ts";
import type { CollectionLease } from "./collection-lease-worker.ts";
import type { CollectionTaskStore } from "./collection-task-store.ts";
import { removable } from "./removable.ts";

/** Recipes looked at together; each that goes takes two writes. */
const RECIPES_A_BATCH = 100;

export interface UnusedRecipesParts {
  clock: Clock;
  artifacts: ArtifactStore;
  files: UploadedFileStore;
  recipes: RecipeStore;
  tasks: CollectionTaskStore;
}

/** Condemns and removes recipes of files that are in no artifact and in no upload. */
export class UnusedRecipes {
  readonly #parts: UnusedRecipesParts;

  constructor(parts: UnusedRecipesParts) {
    this.#parts = parts;
  }

  /** Condemns those of these files that nothing uses. */
  async consider(lease: CollectionLease, sha256s: readonly string[]): Promise<void> {
    const { recipes, clock } = this.#parts;
    const { tenantUid, epoch } = lease;
    for (let from = 0; from < sha256s.length; from += RECIPES_A_BATCH) {
      await lease.renew();
      const found = await recipes.proven(tenantUid, sha256s.slice(from, from + RECIPES_A_BATCH));
      const known = found.filter((recipe) => recipe !== undefined && recipe.condemned === undefined) as ProvenRecipe[];
      const { unused } = await this.#split(tenantUid, known);
      const condemned = { epoch, atMs: clock.nowMs() };
      const marked = await lease.commitMost(
        unused,
        (recipe) => recipes.provenWrite(tenantUid, { ...recipe, condemned }),
        () => [],
      );
      if (marked.length > 0) faultPoint("artifact.collection.recipes-condemned");
    }
  }

  /** Decides on some condemned ones that no upload can be about to use. Returns how many. */
  async step(lease: CollectionLease, oldestOpenEpoch: number | undefined): Promise<number> {
    const { recipes, tasks, clock } = this.#parts;
    const { tenantUid } = lease;
    const nowMs = clock.nowMs();
    const found = await recipes.condemned(tenantUid, removable(lease.epoch, oldestOpenEpoch, nowMs), RECIPES_A_BATCH);
    const { used, unused } = await this.#split(tenantUid, found);
    const rescued = await lease.commitMost(
      used,
      (recipe) => recipes.provenWrite(tenantUid, { ...recipe, condemned: undefined }),
      () => [],
    );
    const removed = await lease.commitMost(
      unused,
      (recipe) => recipes.deleteWrite(tenantUid, recipe),
      (gone) => gone.map((recipe) => tasks.insertWrite(tenantUid, pagesOf(recipe), nowMs)),
    );
    if (removed.length > 0) faultPoint("artifact.collection.recipes-removed");
    return rescued.length + removed.length;
  }

  /** Whether any waits for its removal. */
  async isAnyCondemned(tenantUid: string): Promise<boolean> {
    return (await this.#parts.recipes.condemned(tenantUid, { number: "condemned" }, 1)).length > 0;
  }

  async #split(tenantUid: string, recipes: readonly ProvenRecipe[]) {
    const { artifacts, files } = this.#parts;
    const isUsed = await Promise.all(
      recipes.map(
        async ({ sha256 }) =>
          (await artifacts.countPagesWith(tenantUid, sha256, 1)) > 0 ||
          (await files.countWith(tenantUid, sha256, 1)) > 0,
      ),
    );
    return { used: recipes.filter((_, index) => isUsed[index]), unused: recipes.filter((_, index) => !isUsed[index]) };
  }
}

function pagesOf({ recipeUid, pageStarts }: ProvenRecipe) {
  return { kind: "RECIPE", recipeUid, pageCount: pageStarts.length } as const;
}

import { fail } from "@slipway/rpc";
import type { ChunkStore } from "../chunks/chunk-store.ts";
import { FileBytes } from "../recipes/file-bytes-worker.ts";
import type { RecipeStore } from "../recipes/recipe-store.ts";
import type { ArtifactFile } from "./artifact.ts";

/** Opens files of artifacts for reading. */
export class ArtifactBytesWorker {
  readonly #recipes: RecipeStore;
  readonly #chunks: ChunkStore;

  constructor(recipes: RecipeStore, chunks: ChunkStore) {
    this.#recipes = recipes;
    this.#chunks = chunks;
  }

  /** `artifact` is its name for errors. Fails with ARTIFACT_DATA_LOST when the file has no recipe of its size. */
  async open(tenantUid: string, artifact: string, { sha256, sizeBytes }: ArtifactFile): Promise<FileBytes> {
    const [recipe] = await this.#recipes.proven(tenantUid, [sha256]);
    if (recipe?.sizeBytes !== sizeBytes) throw fail("ARTIFACT_DATA_LOST", { name: artifact });
    return new FileBytes(this.#recipes, this.#chunks, tenantUid, recipe, artifact);
  }
}

import type { DocumentStore, StoredDocument, Write } from "@slipway/documents";
import { CommitConflict, commitOrThrow } from "@slipway/resources";
import type { Clock, Ids } from "@slipway/runtime";
import type { ArtifactStore } from "../artifacts/artifact-store.ts";
import type { UploadedFileStore } from "../files/uploaded-file-store.ts";
import type { RecipeStore } from "../recipes/recipe-store.ts";
import type { UploadRecord } from "./upload.ts";
import { type UploadStore, uploadOf } from "./upload-store.ts";

/** Uploads removed in one pass. */
const UPLOADS_A_PASS = 100;

export interface UploadSweeperParts {
  documents: DocumentStore;
  clock: Clock;
  ids: Ids;
  uploads: UploadStore;
  files: UploadedFileStore;
  recipes: RecipeStore;
  artifacts: ArtifactStore;
  /** The uploads of all tenants that ended before a time, at most `limit`. */
  ended(nowMs: number, limit: number): Promise<StoredDocument[]>;
}

/** Removes uploads that ended: everything that only they hold. What became an artifact or serves the tenant stays. */
export class UploadSweeper {
  readonly #parts: UploadSweeperParts;

  constructor(parts: UploadSweeperParts) {
    this.#parts = parts;
  }

  /** One bounded pass; returns how many uploads are gone. */
  async sweep(): Promise<number> {
    const ended = await this.#parts.ended(this.#parts.clock.nowMs(), UPLOADS_A_PASS);
    let removed = 0;
    for (const document of ended) if (await this.#remove(uploadOf(document))) removed += 1;
    return removed;
  }

  /** The upload goes last, so that a pass that was cut off is taken up again. */
  async #remove(upload: UploadRecord): Promise<boolean> {
    const { uploads, files, recipes, artifacts, ids } = this.#parts;
    const { tenantUid, uid } = upload;
    await recipes.removeAbandonedPages(tenantUid, uid);
    try {
      await artifacts.removeAbandonedPages(tenantUid, uid, uploads.checkWrite(upload), ids);
      for await (const page of files.all(tenantUid, uid))
        await this.#commit(page.map((file) => files.deleteWrite(file)));
      await this.#commit([uploads.deleteWrite(upload)]);
      return true;
    } catch (error) {
      if (error instanceof CommitConflict) return false;
      throw error;
    }
  }

  async #commit(writes: Write[]): Promise<void> {
    await commitOrThrow(this.#parts.documents, this.#parts.ids, writes);
  }
}

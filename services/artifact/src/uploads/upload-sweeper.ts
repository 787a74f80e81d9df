import type { DocumentStore, StoredDocument, Write } from "@slipway/documents";
import { UploadState } from "@slipway/gen/slipway/artifact/v1/upload_pb.js";
import { CommitConflict, commitOrThrow } from "@slipway/resources";
import type { Clock, Ids } from "@slipway/runtime";
import type { ArtifactStore } from "../artifacts/artifact-store.ts";
import type { CollectionTask } from "../collection/collection-task.ts";
import type { CollectionTaskStore } from "../collection/collection-task-store.ts";
import type { UploadedFileRecord } from "../files/uploaded-file.ts";
import type { UploadedFileStore } from "../files/uploaded-file-store.ts";
import type { RecipeStore } from "../recipes/recipe-store.ts";
import type { UploadRecord } from "./upload.ts";
import { type UploadStore, uploadOf } from "./upload-store.ts";

/** Uploads removed in one pass. */
const UPLOADS_A_PASS = 100;
/** Files forgotten in one commit. */
const FILES_A_COMMIT = 500;

export interface UploadSweeperParts {
  documents: DocumentStore;
  clock: Clock;
  ids: Ids;
  uploads: UploadStore;
  files: UploadedFileStore;
  recipes: RecipeStore;
  artifacts: ArtifactStore;
  tasks: CollectionTaskStore;
  /** The uploads of all tenants that ended before a time, at most `limit`. */
  ended(nowMs: number, limit: number): Promise<StoredDocument[]>;
}

/** Removes uploads that ended: everything that only they hold. What became an artifact or serves the tenant stays. */
export class UploadSweeper {
  readonly #parts: UploadSweeperParts;

  constructor(parts: UploadSweeperParts) {
    this.#parts = parts;
  }

  /** One bounded pass over all tenants; returns how many uploads are gone. */
  async sweep(): Promise<number> {
    const ended = await this.#parts.ended(this.#parts.clock.nowMs(), UPLOADS_A_PASS);
    return this.#removeAll(ended.map(uploadOf));
  }

  /** The same in one tenant. */
  async sweepTenant(tenantUid: string): Promise<number> {
    const { uploads, clock } = this.#parts;
    return this.#removeAll(await uploads.ended(tenantUid, clock.nowMs(), UPLOADS_A_PASS));
  }

  async #removeAll(ended: readonly UploadRecord[]): Promise<number> {
    let removed = 0;
    for (const upload of ended) if (await this.#remove(upload)) removed += 1;
    return removed;
  }

  /**
   * First it is ended for good, whatever the clock of another process says. It goes last, so that a pass that was cut off
   * is taken up again. What only it used is left to the collector.
   */
  async #remove(expired: UploadRecord): Promise<boolean> {
    const { uploads, files, recipes, artifacts, ids } = this.#parts;
    const { tenantUid, uid } = expired;
    try {
      const upload = expired.upload.state === UploadState.OPEN ? await this.#end(expired) : expired;
      await artifacts.removeAbandonedPages(tenantUid, uid, uploads.checkWrite(upload), ids);
      for await (const abandoned of recipes.abandoned(tenantUid, uid))
        await this.#commit(abandoned.map((recipe) => this.#task(tenantUid, { kind: "RECIPE", ...recipe })));
      for await (const page of files.all(tenantUid, uid))
        for (let from = 0; from < page.length; from += FILES_A_COMMIT)
          await this.#forget(tenantUid, page.slice(from, from + FILES_A_COMMIT));
      await this.#commit([uploads.deleteWrite(upload)]);
      return true;
    } catch (error) {
      if (error instanceof CommitConflict) return false;
      throw error;
    }
  }

  #end(record: UploadRecord): Promise<UploadRecord> {
    return this.#parts.uploads.replace({ ...record, upload: { ...record.upload, state: UploadState.ABORTED } });
  }

  async #forget(tenantUid: string, files: readonly UploadedFileRecord[]): Promise<void> {
    const sha256s = [...new Set(files.flatMap((file) => (file.complete ? [file.sha256] : [])))];
    const considered = sha256s.length === 0 ? [] : [this.#task(tenantUid, { kind: "FILES", sha256s })];
    await this.#commit([...files.map((file) => this.#parts.files.deleteWrite(file)), ...considered]);
  }

  #task(tenantUid: string, task: CollectionTask): Write {
    return this.#parts.tasks.insertWrite(tenantUid, task, this.#parts.clock.nowMs());
  }

  async #commit(writes: Write[]): Promise<void> {
    await commitOrThrow(this.#parts.documents, this.#parts.ids, writes);
  }
}

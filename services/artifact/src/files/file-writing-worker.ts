import type { DocumentStore, Write } from "@slipway/documents";
import { fail } from "@slipway/rpc";
import { type Clock, faultPoint, type Ids } from "@slipway/runtime";
import type { CollectionTaskStore } from "../collection/collection-task-store.ts";
import { CONDEMNED_MS } from "../collection/condemnation.ts";
import { isServing, MAX_PAGE_ENTRIES, type Recipe, type RecipeEntry, withPage } from "../recipes/recipe.ts";
import type { RecipeStore } from "../recipes/recipe-store.ts";
import type { UploadRecord } from "../uploads/upload.ts";
import type { UploadStore } from "../uploads/upload-store.ts";
import type { UploadedFileRecord } from "./uploaded-file.ts";
import type { UploadedFileStore } from "./uploaded-file-store.ts";

/** How much a cut connection costs at most: progress is recorded after this many bytes. */
const PROGRESS_BYTES = 32 * 1024 * 1024;

export interface FileWritingParts {
  documents: DocumentStore;
  clock: Clock;
  ids: Ids;
  uploads: UploadStore;
  files: UploadedFileStore;
  recipes: RecipeStore;
  tasks: CollectionTaskStore;
}

/**
 * The record of one file that is being written: its durable chunks in order, put into pages. Every commit goes through
 * only while the upload is open and nobody else has written the file: UPLOAD_NOT_OPEN, UPLOAD_FILE_BUSY.
 */
export class FileWriting {
  readonly #parts: FileWritingParts;
  #upload: UploadRecord;
  #file: UploadedFileRecord & { complete: false };
  #entries: RecipeEntry[] = [];
  #entriesBytes = 0;
  /** Whether what is stored of the file comes from this call or is continued by it. */
  #isOwn: boolean;

  constructor(parts: FileWritingParts, upload: UploadRecord, file: UploadedFileRecord & { complete: false }) {
    this.#parts = parts;
    this.#upload = upload;
    this.#file = file;
    this.#isOwn = file.recipe.sizeBytes > 0;
  }

  /** Adds the next chunk, which is durable; records progress now and then. */
  async add(entry: RecipeEntry): Promise<void> {
    this.#entries.push(entry);
    this.#entriesBytes += entry.lengthBytes;
    if (this.#entriesBytes >= PROGRESS_BYTES || this.#entries.length === MAX_PAGE_ENTRIES) await this.recordProgress();
  }

  /** Makes what was added the place to resume at. */
  async recordProgress(): Promise<void> {
    if (this.#entries.length === 0) return;
    const file = { ...this.#file, recipe: withPage(this.#file.recipe, this.#entries) };
    const revision = await this.#commit(async () => [this.#parts.files.write(file), this.#pageWrite()]);
    this.#file = { ...file, revision };
    this.#isOwn = true;
    this.#entries = [];
    this.#entriesBytes = 0;
    faultPoint("artifact.file.progressed");
  }

  /**
   * Records the whole file under its proven SHA-256. From then on its recipe serves the tenant; where the tenant has one
   * already that is whole, that one is used.
   */
  async complete(sha256: string): Promise<UploadedFileRecord> {
    const { files, recipes } = this.#parts;
    const { tenantUid } = this.#file;
    const recipe = this.#entries.length === 0 ? this.#file.recipe : withPage(this.#file.recipe, this.#entries);
    const { complete: _, recipe: __, ...common } = this.#file;
    const file: UploadedFileRecord = { ...common, complete: true, sha256, sizeBytes: recipe.sizeBytes };
    const revision = await this.#commit(async () => {
      const [proven] = await recipes.proven(tenantUid, [sha256]);
      if (proven !== undefined && isServing(proven)) return [files.write(file)];
      if (proven?.isDamaged === false) {
        // Condemned, and whole as long as it is there: written without the mark, it serves again.
        return [files.write(file), recipes.provenWrite(tenantUid, { ...proven, condemned: undefined })];
      }
      const page = this.#entries.length === 0 ? [] : [this.#pageWrite()];
      const whole = { isDamaged: false, condemned: undefined };
      const serving = { ...recipe, sha256, revision: proven?.revision ?? 0, ...whole };
      const replaced = proven === undefined ? [] : [this.#pagesOf(proven)];
      return [files.write(file), ...page, recipes.provenWrite(tenantUid, serving), ...replaced];
    });
    faultPoint("artifact.file.completed");
    return { ...file, revision };
  }

  /** Forgets what was received: it is not what was announced. A file that was there before and not continued stays. */
  async forget(): Promise<void> {
    if (!this.#isOwn) return;
    await this.#commit(async () => [this.#parts.files.deleteWrite(this.#file)]);
  }

  /** The pages of a recipe that another one takes the place of go when nobody reads by them any more. */
  #pagesOf({ recipeUid, pageStarts }: Recipe): Write {
    const { tasks, clock } = this.#parts;
    const task = { kind: "RECIPE", recipeUid, pageCount: pageStarts.length } as const;
    return tasks.insertWrite(this.#file.tenantUid, task, clock.nowMs() + CONDEMNED_MS);
  }

  #pageWrite(): Write {
    const { tenantUid, uploadUid, recipe } = this.#file;
    const number = recipe.pageStarts.length;
    return this.#parts.recipes.pageWrite(tenantUid, uploadUid, recipe.recipeUid, number, this.#entries);
  }

  /** Commits writes of which the first is that of the file; returns the file's new revision. */
  async #commit(writes: () => Promise<Write[]>): Promise<number> {
    const { documents, ids, uploads } = this.#parts;
    const { tenantUid, uid } = this.#upload;
    for (;;) {
      this.#upload = await uploads.open(this.#upload);
      const all = [...(await writes()), uploads.checkWrite(this.#upload)];
      const outcome = await documents.commit(all, ids.uid());
      if (outcome.committed) return outcome.revisions[0] as number;
      if (outcome.failedWrite === 0) throw fail("UPLOAD_FILE_BUSY", { path: this.#file.path });
      // The upload was touched, sealed or ended, or somebody proved the same file: decide on what is stored now.
      const upload = await uploads.get(tenantUid, uid);
      if (upload === undefined) throw fail("UPLOAD_NOT_FOUND", { name: this.#upload.upload.name });
      this.#upload = upload;
    }
  }
}

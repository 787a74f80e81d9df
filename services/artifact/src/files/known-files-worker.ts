import type { DocumentStore, Write } from "@slipway/documents";
import { commitOrThrow, retryOnConflict } from "@slipway/resources";
import { fail, type RpcError } from "@slipway/rpc";
import type { Ids } from "@slipway/runtime";
import { isServing } from "../recipes/recipe.ts";
import type { RecipeStore } from "../recipes/recipe-store.ts";
import type { UploadRecord } from "../uploads/upload.ts";
import type { UploadStore } from "../uploads/upload-store.ts";
import { checkFilePath } from "./file-path.ts";
import type { UploadedFileRecord } from "./uploaded-file.ts";
import type { UploadedFileStore } from "./uploaded-file-store.ts";

/** Files taken over in one commit, beside the check of the upload; the store's bound is 1,000 writes. */
const FILES_A_COMMIT = 500;

const SHA256 = /^[0-9a-f]{64}$/;

/** What a client says about a file that it has. */
export interface ClaimedFile {
  path: string;
  sizeBytes: number;
  sha256: string;
}

/** Takes files whose bytes the tenant has proven over into an upload. */
export class KnownFilesWorker {
  readonly #ports: { documents: DocumentStore; ids: Ids };
  readonly #uploads: UploadStore;
  readonly #files: UploadedFileStore;
  readonly #recipes: RecipeStore;

  constructor(
    ports: { documents: DocumentStore; ids: Ids },
    uploads: UploadStore,
    files: UploadedFileStore,
    recipes: RecipeStore,
  ) {
    this.#ports = ports;
    this.#uploads = uploads;
    this.#files = files;
    this.#recipes = recipes;
  }

  /**
   * Returns the paths that must be sent. At most 1,000 files. Fails with PATH_INVALID, UPLOAD_NOT_OPEN, and with
   * FILE_SIZE_MISMATCH where the bytes of that digest have another size.
   */
  async takeOver(upload: UploadRecord, claimed: readonly ClaimedFile[]): Promise<string[]> {
    const files = distinct(claimed);
    const { tenantUid } = upload;
    const sha256s = [...new Set(files.map(({ sha256 }) => sha256))];
    const recipes = new Map((await this.#recipes.proven(tenantUid, sha256s)).map((recipe) => [recipe?.sha256, recipe]));
    const known: ClaimedFile[] = [];
    const missingPaths: string[] = [];
    for (const file of files) {
      const recipe = recipes.get(file.sha256);
      if (recipe === undefined || !isServing(recipe)) missingPaths.push(file.path);
      else if (recipe.sizeBytes === file.sizeBytes) known.push(file);
      else throw otherSize(file, recipe.sizeBytes, claimed.indexOf(file));
    }
    for (let from = 0; from < known.length; from += FILES_A_COMMIT) {
      await this.#record(upload, known.slice(from, from + FILES_A_COMMIT));
    }
    if (known.length === 0) await this.#uploads.open(upload);
    return missingPaths;
  }

  async #record(upload: UploadRecord, files: ClaimedFile[]): Promise<void> {
    const { tenantUid, uid } = upload;
    let current = upload;
    await retryOnConflict(upload.upload.name, async () => {
      current = await this.#uploads.open((await this.#uploads.get(tenantUid, uid)) ?? current);
      const paths = files.map(({ path }) => path);
      const existing = await this.#files.getMany(tenantUid, uid, paths);
      const writes: Write[] = [];
      files.forEach(({ path, sizeBytes, sha256 }, index) => {
        const before = existing[index];
        if (before?.complete === true && before.sha256 === sha256) return;
        const revision = before?.revision ?? 0;
        const file: UploadedFileRecord = {
          tenantUid,
          uploadUid: uid,
          path,
          revision,
          complete: true,
          sha256,
          sizeBytes,
        };
        writes.push(this.#files.write(file));
      });
      if (writes.length === 0) return;
      const { documents, ids } = this.#ports;
      await commitOrThrow(documents, ids, [...writes, this.#uploads.checkWrite(current)]);
    });
  }
}

/** Each path once; the same path with other bytes is refused. */
function distinct(files: readonly ClaimedFile[]): ClaimedFile[] {
  const byPath = new Map<string, ClaimedFile>();
  for (const [index, file] of files.entries()) {
    const field = `files[${index}].path`;
    checkFilePath(file.path, field);
    if (!SHA256.test(file.sha256)) {
      const description = `${file.path}: give 64 lower-case hexadecimal digits`;
      const fields = [{ field: `files[${index}].sha256`, description }] as const;
      throw fail("REQUEST_INVALID", { summary: "the digest of a file is malformed" }, { fields });
    }
    const other = byPath.get(file.path);
    if (other !== undefined && (other.sha256 !== file.sha256 || other.sizeBytes !== file.sizeBytes)) {
      throw fail("PATH_INVALID", { path: file.path, problem: "it stands twice with different bytes" }, { field });
    }
    byPath.set(file.path, file);
  }
  return [...byPath.values()];
}

function otherSize({ path, sizeBytes: expected }: ClaimedFile, actual: number, index: number): RpcError {
  return fail("FILE_SIZE_MISMATCH", { path, actual, expected }, { field: `files[${index}].size_bytes` });
}

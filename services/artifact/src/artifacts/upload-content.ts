import { artifactDigest, encodeManifest, MAX_FILES, ManifestError, type ManifestFile } from "@slipway/chunking";
import { fail } from "@slipway/rpc";
import { pathFailure } from "../files/file-path.ts";
import type { UploadedFileRecord } from "../files/uploaded-file.ts";

/** The files of an upload, added in the order of their paths: those that are complete, and of the others how many there are and which is the first. */
export class UploadContent {
  /** The complete ones, sorted. */
  readonly files: ManifestFile[] = [];
  #incomplete = 0;
  #firstIncomplete = "";

  add(record: UploadedFileRecord): void {
    if (record.complete) {
      // One more than an artifact may have is enough to refuse it.
      if (this.files.length > MAX_FILES) return;
      this.files.push({ path: record.path, sha256: record.sha256, sizeBytes: record.sizeBytes });
      return;
    }
    if (this.#incomplete === 0) this.#firstIncomplete = record.path;
    this.#incomplete += 1;
  }

  /**
   * The digest of the artifact that the files make. Fails with UPLOAD_FILE_INCOMPLETE, UPLOAD_EMPTY, PATH_INVALID, and
   * with ARTIFACT_DIGEST_MISMATCH where another one is expected (empty: none is).
   */
  digest(uploadName: string, expected: string): string {
    if (this.#incomplete > 0) {
      const details = { name: uploadName, count: this.#incomplete, path: this.#firstIncomplete };
      throw fail("UPLOAD_FILE_INCOMPLETE", details);
    }
    const actual = this.#digest(uploadName);
    if (expected !== "" && expected !== actual) throw fail("ARTIFACT_DIGEST_MISMATCH", { actual, expected });
    return actual;
  }

  #digest(uploadName: string): string {
    try {
      return artifactDigest(encodeManifest(this.files));
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
      if (error.code === "NO_FILES") throw fail("UPLOAD_EMPTY", { name: uploadName }, { cause: error });
      throw pathFailure(error, "upload");
    }
  }
}

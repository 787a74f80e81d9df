import { setTimeout as pause } from "node:timers/promises";
import { create, toJson } from "@bufbuild/protobuf";
import type { DocumentStore, JsonObject, Write } from "@slipway/documents";
import { eventWrite } from "@slipway/events";
import { summarize } from "@slipway/formats";
import { type Artifact, ArtifactSchema } from "@slipway/gen/slipway/artifact/v1/artifact_pb.js";
import { UploadState } from "@slipway/gen/slipway/artifact/v1/upload_pb.js";
import { CommitConflict, commitOrThrow, retryOnConflict } from "@slipway/resources";
import { type CallContext, type Caller, callerOf, fail } from "@slipway/rpc";
import { type Clock, faultPoint, type Ids } from "@slipway/runtime";
import type { UploadedFileStore } from "../files/uploaded-file-store.ts";
import type { ReferenceStore } from "../references/reference-store.ts";
import { changed, isSealed, sealed, type UploadRecord } from "../uploads/upload.ts";
import type { UploadStore } from "../uploads/upload-store.ts";
import { type ArtifactRecord, artifactOf, filePages, provenAgain, provenArtifact } from "./artifact.ts";
import type { ArtifactBytesWorker } from "./artifact-bytes-worker.ts";
import { artifactReaders } from "./artifact-readers-worker.ts";
import type { ArtifactStore } from "./artifact-store.ts";
import { summaryMessage } from "./summary-message.ts";
import { UploadContent } from "./upload-content.ts";

/** How often to look whether a rival is through; a completion takes 50 ms to some seconds. */
const RIVAL_POLL_MS = 50;

export interface CompletionParts {
  documents: DocumentStore;
  clock: Clock;
  ids: Ids;
  uploads: UploadStore;
  files: UploadedFileStore;
  artifacts: ArtifactStore;
  references: ReferenceStore;
  bytes: ArtifactBytesWorker;
}

/**
 * Makes an upload's files an artifact. The upload is sealed first, so that its files stand still; then come the pages
 * of the files, which nobody sees; and in one commit the artifact, its event and the end of the upload. A crash at any
 * point leaves an upload that can be completed again.
 */
export class CompletionWorker {
  readonly #parts: CompletionParts;

  constructor(parts: CompletionParts) {
    this.#parts = parts;
  }

  /**
   * `expectedDigest` may be empty. The upload must be visible to the caller. A seal that stands is taken over, since its
   * owner may be gone; an owner that is not waits then until this call is through.
   */
  async complete(
    { tenantUid, uid, upload }: UploadRecord,
    expectedDigest: string,
    context: CallContext,
  ): Promise<Artifact> {
    let hasRivals = false;
    return retryOnConflict(upload.name, async () => {
      if (hasRivals) await this.#untilUnsealed(tenantUid, uid, context.signal);
      hasRivals = true;
      const current = await this.#parts.uploads.get(tenantUid, uid);
      if (current === undefined) throw fail("UPLOAD_NOT_FOUND", { name: upload.name });
      return this.#complete(current, expectedDigest, context);
    });
  }

  async #untilUnsealed(tenantUid: string, uid: string, signal: AbortSignal): Promise<void> {
    const { uploads, clock } = this.#parts;
    for (;;) {
      const upload = await uploads.get(tenantUid, uid);
      if (upload === undefined || !isSealed(upload, clock.nowMs())) return;
      await pause(RIVAL_POLL_MS, undefined, { signal });
    }
  }

  async #complete(upload: UploadRecord, expected: string, context: CallContext): Promise<Artifact> {
    const { tenantUid } = upload;
    const { name } = upload.upload;
    const { state } = upload.upload;
    if (state !== UploadState.OPEN && state !== UploadState.COMPLETED) {
      throw fail("UPLOAD_NOT_OPEN", { name, state: UploadState[state] });
    }
    const record =
      state === UploadState.OPEN ? await this.#make(upload, expected, context) : await this.#made(upload, expected);
    return artifactOf(record, await this.#parts.references.isReferenced(tenantUid, record.artifact.name));
  }

  async #made({ tenantUid, upload }: UploadRecord, expected: string): Promise<ArtifactRecord> {
    const actual = upload.artifact.replace("artifacts/", "");
    if (expected !== "" && expected !== actual) throw fail("ARTIFACT_DIGEST_MISMATCH", { actual, expected });
    const record = await this.#parts.artifacts.get(tenantUid, actual);
    if (record === undefined)
      throw fail("UPLOAD_NOT_OPEN", { name: upload.name, state: "COMPLETED, its artifact gone" });
    return record;
  }

  async #make(upload: UploadRecord, expected: string, context: CallContext): Promise<ArtifactRecord> {
    const { uploads, artifacts, files, clock, ids } = this.#parts;
    const closed = await uploads.replace(sealed(upload, clock.nowMs()));
    faultPoint("artifact.upload.sealed");
    try {
      await artifacts.removeAbandonedPages(closed.tenantUid, closed.uid, uploads.checkWrite(closed), ids);
      const content = new UploadContent();
      for await (const page of files.all(upload.tenantUid, upload.uid)) for (const file of page) content.add(file);
      const digest = content.digest(upload.upload.name, expected);
      return await this.#record(closed, digest, content, context);
    } catch (error) {
      await this.#unseal(closed, context);
      throw error;
    }
  }

  async #record(
    closed: UploadRecord,
    digest: string,
    content: UploadContent,
    context: CallContext,
  ): Promise<ArtifactRecord> {
    const { artifacts, uploads, clock } = this.#parts;
    const existing = await artifacts.get(closed.tenantUid, digest);
    const record =
      existing === undefined
        ? await this.#describe(closed, digest, content, context)
        : provenAgain(existing, clock.nowMs());
    const completed = changed(closed, clock.nowMs(), { state: UploadState.COMPLETED, artifact: record.artifact.name });
    const isNews = existing?.artifact.state !== record.artifact.state;
    await this.#commit([
      artifacts.write(record),
      uploads.replaceWrite(completed),
      ...(isNews ? [this.#event(record, callerOf(context))] : []),
    ]);
    faultPoint("artifact.completed");
    return record;
  }

  async #describe(closed: UploadRecord, digest: string, { files }: UploadContent, context: CallContext) {
    const { artifacts, bytes, clock, ids } = this.#parts;
    const { tenantUid } = closed;
    const readers = artifactReaders(bytes, tenantUid, `artifacts/${digest}`, files);
    const summary = summaryMessage(await summarize(readers, {}, context.signal));
    const pagesUid = closed.uid;
    const pageFirstPaths: string[] = [];
    for (const page of filePages(files)) {
      const write = artifacts.pageWrite(tenantUid, pagesUid, pageFirstPaths.length, page);
      await this.#commit([write, this.#parts.uploads.checkWrite(closed)]);
      pageFirstPaths.push(page[0]?.path ?? "");
    }
    faultPoint("artifact.pages.written");
    const sizeBytes = BigInt(files.reduce((sum, file) => sum + file.sizeBytes, 0));
    const about = { digest, sizeBytes, fileCount: files.length, summary };
    return provenArtifact(tenantUid, ids.uid(), clock.nowMs(), about, { pagesUid, pageFirstPaths });
  }

  #event({ tenantUid, revision, uid, artifact }: ArtifactRecord, { tenant, principal }: Caller): Write {
    const change = {
      tenantUid,
      tenant,
      type: "slipway.artifact.completed",
      subject: artifact.name,
      subjectUid: uid,
      aggregateRevision: revision + 1,
      actor: principal,
      payload: toJson(ArtifactSchema, create(ArtifactSchema, artifact)) as JsonObject,
    };
    return eventWrite(change, this.#parts);
  }

  /** Lets files change again. Where that fails, the seal lapses by itself. */
  async #unseal(closed: UploadRecord, { log }: CallContext): Promise<void> {
    try {
      await this.#parts.uploads.replace(changed(closed, this.#parts.clock.nowMs()));
    } catch (error) {
      if (error instanceof CommitConflict) return;
      log.warn({ err: error, upload: closed.upload.name }, "an upload stays closed until its seal lapses");
    }
  }

  async #commit(writes: Write[]): Promise<void> {
    await commitOrThrow(this.#parts.documents, this.#parts.ids, writes);
  }
}

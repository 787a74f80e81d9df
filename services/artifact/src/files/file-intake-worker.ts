import type { Chunk, HashPool } from "@slipway/chunking";
import type { UploadFileHeader } from "@slipway/gen/slipway/artifact/v1/upload_service_pb.js";
import { type CallContext, fail, RpcError } from "@slipway/rpc";
import { releaseBuffer } from "@slipway/runtime";
import type { ChunkStore } from "../chunks/chunk-store.ts";
import { Permits } from "../chunks/permits.ts";
import { releasing } from "../memory/releasing.ts";
import { FileBytes } from "../recipes/file-bytes-worker.ts";
import type { RecipeEntry } from "../recipes/recipe.ts";
import type { UploadRecord } from "../uploads/upload.ts";
import { ExpectedSize } from "./expected-size.ts";
import { FileLeases } from "./file-leases.ts";
import { checkFilePath } from "./file-path.ts";
import { FileWriting, type FileWritingParts } from "./file-writing-worker.ts";
import { safeSize } from "./safe-size.ts";
import { emptyFile, fileToWrite, type UploadedFileRecord } from "./uploaded-file.ts";

/** Bytes of chunks on their way into the store, over all calls: 32 puts of mean chunks. */
const MAX_BYTES_UNDER_WAY = 32 * 1024 * 1024;

/** Reasons for which what was sent is not a beginning of the file that the client has. */
const WRONG_BYTES: readonly string[] = ["FILE_DIGEST_MISMATCH", "FILE_SIZE_MISMATCH"];

export interface FileIntakeParts extends FileWritingParts {
  chunks: ChunkStore;
  hashing: HashPool;
}

/**
 * Takes the bytes of files in. They are cut and hashed as they arrive; chunks that the tenant lacks go into the store,
 * many at a time; when the bytes under way reach their bound, no more are read from the client.
 */
export class FileIntakeWorker {
  readonly #parts: FileIntakeParts;
  readonly #leases = new FileLeases();
  readonly #bytesUnderWay = new Permits(MAX_BYTES_UNDER_WAY);

  constructor(parts: FileIntakeParts) {
    this.#parts = parts;
  }

  /** Resolves when the whole file is durable. `storedBytes` counts those that were new to the tenant's store. */
  async receive(
    upload: UploadRecord,
    header: UploadFileHeader,
    data: AsyncIterable<Uint8Array>,
    context: CallContext,
  ): Promise<{ file: UploadedFileRecord; storedBytes: number }> {
    const { path } = header;
    checkFilePath(path, "header.path");
    const key = `${upload.tenantUid}/${upload.uid}/${path}`;
    return this.#leases.hold(key, path, context.signal, () => this.#receive(upload, header, data, context));
  }

  async #receive(
    known: UploadRecord,
    header: UploadFileHeader,
    data: AsyncIterable<Uint8Array>,
    context: CallContext,
  ): Promise<{ file: UploadedFileRecord; storedBytes: number }> {
    const { uploads, files, hashing, ids } = this.#parts;
    const { tenantUid, uid } = known;
    const { path } = header;
    const upload = await uploads.open(known);
    const existing = await files.get(tenantUid, uid, path);
    const empty = emptyFile(tenantUid, uid, path, ids.uid());
    const start = fileToWrite(existing, safeSize(path, header.offsetBytes, "header.offset_bytes"), empty);
    const size = new ExpectedSize(path, start.recipe.sizeBytes, header.sizeBytes);
    const cut = hashing.cut(releasing(size.count(data)), { stored: this.#durable(start) });
    const writing = new FileWriting(this.#parts, upload, start);
    try {
      const storedBytes = await this.#store(tenantUid, cut.chunks(), writing);
      size.checkEnd();
      const { sha256 } = cut.file();
      if (header.sha256 !== "" && header.sha256 !== sha256) {
        throw fail("FILE_DIGEST_MISMATCH", { path, actual: sha256, expected: header.sha256 });
      }
      return { file: await writing.complete(sha256), storedBytes };
    } catch (error) {
      await this.#leaveBehind(writing, error, context);
      throw error;
    }
  }

  /** The SHA-256 of the file needs its first bytes again: they are read back from the store. */
  #durable({ tenantUid, uploadUid, recipe }: UploadedFileRecord & { complete: false }): AsyncIterable<Uint8Array> {
    const { recipes, chunks } = this.#parts;
    return new FileBytes(recipes, chunks, tenantUid, recipe, `uploads/${uploadUid}`).stream(0, recipe.sizeBytes);
  }

  /** Brings the chunks into the store, many at a time, and records them in order. Returns the bytes that were new. */
  async #store(tenantUid: string, chunks: AsyncIterable<Chunk>, writing: FileWriting): Promise<number> {
    let storedBytes = 0;
    let failed = false;
    const failure = Promise.withResolvers<never>();
    let recorded = Promise.resolve();

    const record = async (before: Promise<void>, entry: RecipeEntry, brought: Promise<boolean>): Promise<void> => {
      await before;
      if (await brought) storedBytes += entry.lengthBytes;
      await writing.add(entry);
    };

    const bring = async (): Promise<void> => {
      for await (const chunk of chunks) {
        const lengthBytes = chunk.bytes.byteLength;
        await this.#bytesUnderWay.take(lengthBytes);
        if (failed) return this.#bytesUnderWay.give(lengthBytes);
        const brought = this.#parts.chunks.ensure(tenantUid, chunk).finally(() => {
          this.#bytesUnderWay.give(lengthBytes);
          releaseBuffer(chunk.bytes.buffer);
        });
        // Both are awaited in their turn, or not at all where an earlier one has failed.
        brought.catch(() => undefined);
        recorded = record(recorded, { sha256: chunk.sha256, lengthBytes }, brought);
        recorded.catch(failure.reject);
      }
    };

    try {
      await Promise.race([bring(), failure.promise]);
      await recorded;
    } catch (error) {
      failed = true;
      // What was under way settles first, so that the durable beginning is as long as it can be.
      await recorded.catch(() => undefined);
      throw error;
    }
    return storedBytes;
  }

  /** After a failure the durable beginning stays for the client to resume at, unless it is wrong. */
  async #leaveBehind(writing: FileWriting, error: unknown, { log }: CallContext): Promise<void> {
    const isWrong = error instanceof RpcError && WRONG_BYTES.includes(error.reason);
    try {
      await (isWrong ? writing.forget() : writing.recordProgress());
    } catch (cause) {
      log.warn({ err: cause }, "the progress of an interrupted file could not be recorded");
    }
  }
}

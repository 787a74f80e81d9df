import { create } from "@bufbuild/protobuf";
import { UploadState } from "@slipway/gen/slipway/artifact/v1/upload_pb.js";
import { StartUploadResponseSchema, UploadService } from "@slipway/gen/slipway/artifact/v1/upload_service_pb.js";
import { commitOrThrow, idempotent, retryOnConflict } from "@slipway/resources";
import { type Binding, bind, type CallContext, callerOf, fail, RESOURCE_NAMES } from "@slipway/rpc";
import type { Clock, Ids } from "@slipway/runtime";
import type { CompletionWorker } from "../artifacts/completion-worker.ts";
import type { CollectionStateStore } from "../collection/collection-state-store.ts";
import type { FileIntakeWorker } from "../files/file-intake-worker.ts";
import type { KnownFilesWorker } from "../files/known-files-worker.ts";
import { safeSize } from "../files/safe-size.ts";
import { uploadedFileOf } from "../files/uploaded-file.ts";
import type { UploadedFileStore } from "../files/uploaded-file-store.ts";
import { changed, isVisible, newUpload, type UploadRecord } from "./upload.ts";
import { openUploadFile } from "./upload-content.ts";
import type { UploadStore } from "./upload-store.ts";

export interface UploadServiceParts {
  ports: Parameters<typeof idempotent>[0] & { clock: Clock; ids: Ids };
  uploads: UploadStore;
  /** The epochs of collection. */
  epochs: CollectionStateStore;
  files: UploadedFileStore;
  knownFiles: KnownFilesWorker;
  intake: FileIntakeWorker;
  completion: CompletionWorker;
}

/** The handlers of UploadService. */
export function bindUploadService({ ports, uploads, epochs, files, ...workers }: UploadServiceParts): Binding {
  const { clock, ids } = ports;

  const find = async (context: CallContext, name: string, field: string): Promise<UploadRecord> => {
    const caller = callerOf(context);
    const { uid } = RESOURCE_NAMES.upload.parseIn(caller.tenant, name, field);
    const record = await uploads.get(caller.tenantUid, uid);
    if (record === undefined || !isVisible(record, caller, clock.nowMs())) throw fail("UPLOAD_NOT_FOUND", { name });
    return record;
  };

  return bind(UploadService, {
    async startUpload(request, context) {
      return idempotent(ports, context, request, async (recordReply) => {
        const caller = callerOf(context);
        const record = newUpload(caller, ids.uid(), clock.nowMs(), await epochs.epoch(caller.tenantUid));
        const response = create(StartUploadResponseSchema, { upload: record.upload });
        await commitOrThrow(ports.documents, ids, [uploads.insertWrite(record), ...recordReply(response)]);
        return response;
      });
    },

    async getUpload({ name, pageSize, pageToken }, context) {
      const { tenantUid, uid, upload } = await find(context, name, "name");
      const page = await files.page(tenantUid, uid, { pageSize, pageToken });
      return { upload, files: page.files.map(uploadedFileOf), nextPageToken: page.nextPageToken };
    },

    async findMissingFiles({ upload, files: claimed }, context) {
      const sized = claimed.map((file, index) => ({
        ...file,
        sizeBytes: safeSize(file.path, file.sizeBytes, `files[${index}].size_bytes`),
      }));
      return { missingPaths: await workers.knownFiles.takeOver(await find(context, upload, "upload"), sized) };
    },

    async uploadFile(requests, context) {
      const { header, data } = await openUploadFile(requests);
      const upload = await find(context, header.upload, "header.upload");
      const { file, storedBytes } = await workers.intake.receive(upload, header, data, context);
      return { file: uploadedFileOf(file), storedBytes: BigInt(storedBytes) };
    },

    async completeUpload({ upload, artifactDigest }, context) {
      const record = await find(context, upload, "upload");
      return { artifact: await workers.completion.complete(record, artifactDigest, context) };
    },

    async abortUpload({ name }, context) {
      const { upload } = await retryOnConflict(name, async () => {
        const record = await find(context, name, "name");
        const { state } = record.upload;
        if (state === UploadState.ABORTED) return record;
        if (state !== UploadState.OPEN) throw fail("UPLOAD_NOT_OPEN", { name, state: UploadState[state] });
        return uploads.replace(changed(record, clock.nowMs(), { state: UploadState.ABORTED }));
      });
      return { upload };
    },
  });
}

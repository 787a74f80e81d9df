import type { MessageInitShape } from "@bufbuild/protobuf";
import { ArtifactService, type GarbageSchema } from "@slipway/gen/slipway/artifact/v1/artifact_service_pb.js";
import { type Binding, bind, callerOf, fail, roleIncludes } from "@slipway/rpc";
import { releaseBytes } from "@slipway/runtime";
import type { Garbage } from "../collection/garbage.ts";
import type { GarbageCollector } from "../collection/garbage-collector.ts";
import type { GarbageEstimate } from "../collection/garbage-estimate-worker.ts";
import type { InspectionWorker } from "../inspection/inspection-worker.ts";
import type { ReferenceStore } from "../references/reference-store.ts";
import { artifactOf, checkReady } from "./artifact.ts";
import type { ArtifactBytesWorker } from "./artifact-bytes-worker.ts";
import type { ArtifactStore } from "./artifact-store.ts";
import { rangeToSend } from "./byte-range.ts";
import type { ReadableArtifacts } from "./readable-artifacts-worker.ts";

/** The contract's bound for one message of DownloadFile. */
const MAX_DATA_BYTES = 1024 * 1024;

export interface ArtifactServiceParts {
  artifacts: ArtifactStore;
  references: ReferenceStore;
  bytes: ArtifactBytesWorker;
  inspections: InspectionWorker;
  readable: ReadableArtifacts;
  collector: GarbageCollector;
  estimate: GarbageEstimate;
}

const NOTHING: Garbage = { artifacts: 0, chunks: 0, bytes: 0 };

function garbageMessage({ artifacts, chunks, bytes }: Garbage): MessageInitShape<typeof GarbageSchema> {
  return { artifacts: BigInt(artifacts), chunks: BigInt(chunks), bytes: BigInt(bytes) };
}

/** The handlers of ArtifactService. */
export function bindArtifactService(parts: ArtifactServiceParts): Binding {
  const { artifacts, references, bytes, inspections, readable, collector, estimate } = parts;

  return bind(ArtifactService, {
    async getArtifact({ name }, context) {
      const record = await readable.find(context, name, "name");
      const { role } = callerOf(context);
      // A viewer does not learn that something unpublished exists.
      const isHidden = !roleIncludes(role, "contributor") && !(await readable.mayList(context, record));
      if (isHidden) throw fail("ARTIFACT_NOT_FOUND", { name });
      const isReferenced = await references.isReferenced(record.tenantUid, record.artifact.name);
      const artifact = artifactOf(record, isReferenced);
      return { artifact: readable.isOwn(context, record) ? artifact : { ...artifact, name } };
    },

    async listFiles({ artifact, pageSize, pageToken }, context) {
      const record = await readable.find(context, artifact, "artifact");
      if (!(await readable.mayList(context, record))) throw fail("DOWNLOAD_FORBIDDEN", { name: artifact });
      const { files, nextPageToken } = await artifacts.listFiles(record, { pageSize, pageToken });
      return { files: files.map((file) => ({ ...file, sizeBytes: BigInt(file.sizeBytes) })), nextPageToken };
    },

    async *downloadFile({ artifact, path, offsetBytes, limitBytes, allowDangerous }, context) {
      const record = await readable.find(context, artifact, "artifact");
      await readable.check(context, record, allowDangerous);
      checkReady(record);
      try {
        const file = await artifacts.file(record, path);
        if (file === undefined) throw fail("FILE_NOT_FOUND", { artifact, path });
        const { offset, length } = rangeToSend(file, offsetBytes, limitBytes);
        const content = await bytes.open(record.tenantUid, record.artifact.name, file);
        for await (const piece of content.stream(offset, length)) {
          const { byteLength } = piece;
          for (let from = 0; from < byteLength; from += MAX_DATA_BYTES) {
            yield { data: piece.subarray(from, from + MAX_DATA_BYTES) };
          }
          // What was yielded is encoded by now.
          releaseBytes(piece);
        }
      } catch (error) {
        throw (await readable.isGone(record, error))
          ? fail("ARTIFACT_NOT_FOUND", { name: artifact }, { cause: error })
          : error;
      }
    },

    async inspectArtifact({ artifact }, context) {
      const record = await readable.findOwn(context, artifact, "artifact");
      checkReady(record);
      return inspections.inspect(record, context.signal);
    },

    async collectGarbage({ validateOnly }, context) {
      const { tenantUid } = callerOf(context);
      const removed = validateOnly ? NOTHING : await collector.collect(tenantUid, context.signal);
      if (removed === undefined) throw fail("COLLECTION_BUSY", {});
      const { isPartial, ...remaining } = await estimate.remaining(tenantUid);
      return {
        removed: garbageMessage(removed),
        remaining: garbageMessage(remaining),
        remainingIsPartial: isPartial,
      };
    },
  });
}

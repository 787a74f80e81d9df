import { ArtifactService } from "@slipway/gen/slipway/artifact/v1/artifact_service_pb.js";
import {
  type Binding,
  bind,
  type CallContext,
  callerOf,
  fail,
  RESOURCE_NAMES,
  RpcError,
  roleIncludes,
} from "@slipway/rpc";
import { releaseBytes } from "@slipway/runtime";
import type { DownloadAccessClient } from "../access/download-access-client.ts";
import type { InspectionWorker } from "../inspection/inspection-worker.ts";
import type { ReferenceStore } from "../references/reference-store.ts";
import { type ArtifactRecord, artifactOf, checkReady } from "./artifact.ts";
import type { ArtifactBytesWorker } from "./artifact-bytes-worker.ts";
import type { ArtifactStore } from "./artifact-store.ts";
import { rangeToSend } from "./byte-range.ts";

/** The contract's bound for one message of DownloadFile. */
const MAX_DATA_BYTES = 1024 * 1024;

export interface ArtifactServiceParts {
  artifacts: ArtifactStore;
  references: ReferenceStore;
  bytes: ArtifactBytesWorker;
  inspections: InspectionWorker;
  access: DownloadAccessClient;
}

/** The handlers of ArtifactService. */
export function bindArtifactService(parts: ArtifactServiceParts): Binding {
  const { artifacts, references, bytes, inspections, access } = parts;

  const find = async (context: CallContext, name: string, field: string): Promise<ArtifactRecord> => {
    const { tenant, tenantUid } = callerOf(context);
    const record = await artifacts.get(tenantUid, RESOURCE_NAMES.artifact.parseIn(tenant, name, field).digest);
    if (record === undefined) throw fail("ARTIFACT_NOT_FOUND", { name });
    return record;
  };

  return bind(ArtifactService, {
    async getArtifact({ name }, context) {
      const record = await find(context, name, "name");
      const { tenantUid, role } = callerOf(context);
      // A viewer does not learn that something unpublished exists.
      const isHidden = !roleIncludes(role, "contributor") && !(await mayList(access, context, record));
      if (isHidden) throw fail("ARTIFACT_NOT_FOUND", { name });
      return { artifact: artifactOf(record, await references.isReferenced(tenantUid, record.artifact.name)) };
    },

    async listFiles({ artifact, pageSize, pageToken }, context) {
      const record = await find(context, artifact, "artifact");
      if (!(await mayList(access, context, record))) throw fail("DOWNLOAD_FORBIDDEN", { name: artifact });
      const { files, nextPageToken } = await artifacts.listFiles(record, { pageSize, pageToken });
      return { files: files.map((file) => ({ ...file, sizeBytes: BigInt(file.sizeBytes) })), nextPageToken };
    },

    async *downloadFile({ artifact, path, offsetBytes, limitBytes, allowDangerous }, context) {
      const record = await find(context, artifact, "artifact");
      await access.check(context, record.artifact.digest, allowDangerous);
      checkReady(record);
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
    },

    async inspectArtifact({ artifact }, context) {
      const record = await find(context, artifact, "artifact");
      checkReady(record);
      return inspections.inspect(record, context.signal);
    },
  });
}

/** Names and sizes of quarantined files may be seen by those who may see the artifact: they harm nobody. */
async function mayList(access: DownloadAccessClient, context: CallContext, record: ArtifactRecord): Promise<boolean> {
  try {
    await access.check(context, record.artifact.digest, false);
    return true;
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    if (error.reason === "DOWNLOAD_FORBIDDEN") return false;
    if (error.reason === "VERSION_QUARANTINED") return roleIncludes(callerOf(context).role, "contributor");
    throw error;
  }
}

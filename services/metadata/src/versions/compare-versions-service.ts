import type { VersionService } from "@slipway/gen/slipway/metadata/v1/version_service_pb.js";
import { type CallContext, callerOf, type Handlers } from "@slipway/rpc";
import { versionOf } from "../names/resource-name.ts";
import type { ArtifactClient } from "./artifact-client.ts";
import { compareFiles, sameFiles } from "./file-comparison.ts";
import { isViewer, ofLiveModel, shownVersion, visibleVersion } from "./version.ts";
import { comparisonOf } from "./version-comparison.ts";
import type { VersionStore } from "./version-store.ts";

export interface CompareVersionsServiceOptions {
  versions: VersionStore;
  artifacts: ArtifactClient;
  publicUrl: string;
}

/** CompareVersions. */
export function compareVersionsHandlers({
  versions,
  artifacts,
  publicUrl,
}: CompareVersionsServiceOptions): Pick<Handlers<typeof VersionService>, "compareVersions"> {
  async function read(context: CallContext, name: string, field: string) {
    const caller = callerOf(context);
    const { model, number } = versionOf(caller, name, field);
    const found = ofLiveModel(await versions.find(caller.tenantUid, model, number));
    const stored = visibleVersion(found?.version, isViewer(caller), name);
    return shownVersion(stored, stored.revision, model, publicUrl);
  }

  return {
    async compareVersions(request, context) {
      const first = await read(context, request.first, "first");
      const second = await read(context, request.second, "second");
      const files =
        first.artifact === second.artifact
          ? await sameFiles(artifacts.files(context, first.artifact), first.fileCount)
          : await compareFiles(artifacts.files(context, first.artifact), artifacts.files(context, second.artifact));
      return { comparison: comparisonOf(first, second, files) };
    },
  };
}

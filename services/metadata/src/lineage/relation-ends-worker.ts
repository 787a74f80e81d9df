import { create } from "@bufbuild/protobuf";
import { LineageDatasetSchema, type Relation } from "@slipway/gen/slipway/metadata/v1/lineage_pb.js";
import type { Caller } from "@slipway/rpc";
import { fail } from "@slipway/rpc";
import { artifactOf, versionOf } from "../names/resource-name.ts";
import { ofLiveModel, type StoredVersion, versionResourceName, visibleVersion } from "../versions/version.ts";
import type { VersionStore } from "../versions/version-store.ts";
import { type DatasetPoint, datasetPoint, type LineagePoint, type VersionPoint } from "./relation.ts";

/** A version that a request names. */
export interface VersionEnd {
  point: VersionPoint;
  stored: StoredVersion;
}

/** What both ends of a relation that a request names are. */
export interface RelationEnds {
  source: VersionPoint;
  target: LineagePoint;
  /** The versions at the ends, each once. */
  versions: StoredVersion[];
}

/** Finds what requests name as ends of relations. */
export class RelationEndsWorker {
  readonly #versions: VersionStore;

  constructor(versions: VersionStore) {
    this.#versions = versions;
  }

  /**
   * Both ends of a relation; deleted versions are found where `deletedToo` says so. Refuses with VERSION_NOT_FOUND, and
   * names that are none.
   */
  async find(caller: Caller, { source, target }: Relation, deletedToo: boolean): Promise<RelationEnds> {
    const from = await this.version(caller, source, "relation.source", deletedToo);
    if (target.case !== "version") {
      const dataset = target.case === "dataset" ? target.value : create(LineageDatasetSchema);
      const point = datasetIn(caller, dataset.name, dataset.artifact, "relation.dataset.artifact");
      return { source: from.point, target: point, versions: [from.stored] };
    }
    const to = await this.version(caller, target.value, "relation.version", deletedToo);
    const isOne = from.point.id === to.point.id;
    return { source: from.point, target: to.point, versions: isOne ? [from.stored] : [from.stored, to.stored] };
  }

  /** A version by its resource name, seen as a contributor sees it. */
  async version(caller: Caller, name: string, field: string, deletedToo: boolean): Promise<VersionEnd> {
    const { model, number } = versionOf(caller, name, field);
    const found = await this.#versions.find(caller.tenantUid, model, number);
    const stored = deletedToo
      ? found?.model.purger === undefined
        ? found?.version
        : undefined
      : visibleVersion(ofLiveModel(found)?.version, false, name);
    if (stored === undefined) throw fail("VERSION_NOT_FOUND", { name });
    const { modelUid, version } = stored;
    return { point: { id: version.uid, modelUid, number, name: versionResourceName(model, number) }, stored };
  }
}

/** A dataset as a request names it; refuses an artifact that is none, or another tenant's. */
export function datasetIn(caller: Caller, name: string, artifact: string, field: string): DatasetPoint {
  const own = artifact === "" ? "" : artifactOf(caller, artifact, field);
  return datasetPoint(create(LineageDatasetSchema, { name, artifact: own }));
}

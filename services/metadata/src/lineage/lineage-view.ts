import { create } from "@bufbuild/protobuf";
import {
  type Lineage,
  LineageEdgeSchema,
  LineageNodeSchema,
  LineageSchema,
  type LineageVersion,
  LineageVersionSchema,
} from "@slipway/gen/slipway/metadata/v1/lineage_pb.js";
import { VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { modelNameOf, type StoredModel } from "../models/model.ts";
import { isPublished, type StoredVersion, versionResourceName } from "../versions/version.ts";
import type { GraphNode, LineageGraph } from "./lineage-graph.ts";
import { isVersion, type VersionPoint } from "./relation.ts";

/** What is stored of a version in a lineage; undefined: it is purged. */
export type FoundPoint = { model: StoredModel; version: StoredVersion } | undefined;

/** The resource name that a version has now; of a purged one the name that it had. */
export function currentName(point: VersionPoint, found: FoundPoint): string {
  return found === undefined ? point.name : versionResourceName(modelNameOf(found.model.model), point.number);
}

/** The version as a lineage shows it; undefined where viewers must not see it. */
export function versionView(point: VersionPoint, found: FoundPoint, isViewer: boolean): LineageVersion | undefined {
  if (found === undefined) {
    return isViewer ? undefined : create(LineageVersionSchema, { name: point.name, uid: point.id, purged: true });
  }
  const { version, model } = found;
  const deleted = version.version.deleteTime !== undefined || model.model.deleteTime !== undefined;
  if (isViewer && (deleted || !isPublished(version))) return undefined;
  const { uid, state, stage } = version.version;
  const name = currentName(point, found);
  return create(LineageVersionSchema, { name, uid, state, stage, deleted });
}

/** Whether a node is a published version in a stage; what the walk began with never counts. */
export function isInStage({ view, distance }: GraphNode<LineageVersion>, stage: string): boolean {
  return (
    distance > 0 && view !== undefined && !view.deleted && view.state === VersionState.PUBLISHED && view.stage === stage
  );
}

/** The graph as clients see it; `stage` is empty where none was asked for. */
export function lineageOf(graph: LineageGraph<LineageVersion>, stage: string): Lineage {
  const nodes = [...graph.nodes.values()].map((node) => {
    const { point, distance, view } = node;
    return create(LineageNodeSchema, {
      id: point.id,
      distance,
      matches: stage !== "" && isInStage(node, stage),
      node: isVersion(point)
        ? { case: "version", value: view ?? create(LineageVersionSchema) }
        : { case: "dataset", value: point.dataset },
    });
  });
  const edges = [...graph.edges.values()].map(({ relation: { source, kind, target } }) =>
    create(LineageEdgeSchema, { source: source.id, kind, target: target.id }),
  );
  return create(LineageSchema, { nodes, edges, truncated: graph.truncated });
}

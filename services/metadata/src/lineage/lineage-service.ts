import { create } from "@bufbuild/protobuf";
import type { LineageVersion } from "@slipway/gen/slipway/metadata/v1/lineage_pb.js";
import {
  type GetLineageRequest,
  GetLineageResponseSchema,
  LineageDirection,
  type LineageService,
} from "@slipway/gen/slipway/metadata/v1/lineage_service_pb.js";
import { type Caller, callerOf, fail, type Handlers } from "@slipway/rpc";
import { isViewer } from "../versions/version.ts";
import type { VersionStore } from "../versions/version-store.ts";
import { between, type GraphLookups, graphOf, type Way, walk } from "./lineage-graph.ts";
import { isInStage, lineageOf, versionView } from "./lineage-view.ts";
import { isVersion, type LineagePoint } from "./relation.ts";
import { datasetIn, type RelationEndsWorker } from "./relation-ends-worker.ts";
import type { RelationStore } from "./relation-store.ts";

export interface LineageServiceOptions {
  versions: VersionStore;
  relations: RelationStore;
  ends: RelationEndsWorker;
}

/** The contract's bound on the depth of a walk, which is also its default. */
const MAXIMUM_DEPTH = 50;

/** GetLineage. */
export function lineageHandlers({
  versions,
  relations,
  ends,
}: LineageServiceOptions): Pick<Handlers<typeof LineageService>, "getLineage"> {
  function lookupsFor(caller: Caller): GraphLookups<LineageVersion> {
    const { tenantUid } = caller;
    return {
      relations: (way, ids, limit) => relations.touching(tenantUid, way === "up" ? "source" : "target", ids, limit),
      async views(points) {
        const wanted = points.filter(isVersion);
        const found = await versions.atPoints(tenantUid, wanted);
        const views = wanted.map(
          (point) => [point.id, versionView(point, found.get(point.id), isViewer(caller))] as const,
        );
        return new Map(views.flatMap(([id, view]) => (view === undefined ? [] : [[id, view] as const])));
      },
    };
  }

  async function rootOf(caller: Caller, { root }: GetLineageRequest): Promise<LineagePoint> {
    if (root.case === "version") return (await ends.version(caller, root.value, "version", false)).point;
    const { name = "", artifact = "" } = root.value ?? {};
    return datasetIn(caller, name, artifact, "dataset.artifact");
  }

  return {
    async getLineage(request, context) {
      const caller = callerOf(context);
      const lookups = lookupsFor(caller);
      const root = await rootOf(caller, request);
      const view = (await lookups.views([root])).get(root.id);
      if (request.root.case === "version" && view === undefined) {
        throw fail("VERSION_NOT_FOUND", { name: request.root.value });
      }
      const graph = graphOf(root, view);
      const { stage, depth } = request;
      for (const way of waysOf(request.direction)) {
        await walk(graph, lookups, { way, depth: depth || MAXIMUM_DEPTH, descentOnly: stage !== "" });
      }
      const shown = stage === "" ? graph : between(graph, (node) => isInStage(node, stage));
      return create(GetLineageResponseSchema, { lineage: lineageOf(shown, stage) });
    },
  };
}

function waysOf(direction: LineageDirection): Way[] {
  if (direction === LineageDirection.UP) return ["up"];
  return direction === LineageDirection.DOWN ? ["down"] : ["up", "down"];
}

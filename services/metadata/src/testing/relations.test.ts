import type { MessageInitShape } from "@bufbuild/protobuf";
import { type Lineage, RelationKind, type RelationSchema } from "@slipway/gen/slipway/metadata/v1/lineage_pb.js";
import type { LineageDirection } from "@slipway/gen/slipway/metadata/v1/lineage_service_pb.js";
import type { Clients } from "./metadata-server.test.ts";

/** What a test says about a relation: a version's or a dataset's name behind the kind. */
export interface RelationInit {
  source: string;
  kind?: RelationKind;
  version?: string;
  dataset?: string;
  artifact?: string;
}

export function relationOf({ source, kind, version, dataset, artifact = "" }: RelationInit) {
  const relation: MessageInitShape<typeof RelationSchema> = {
    source,
    kind: kind ?? (version === undefined ? RelationKind.TRAINED_ON : RelationKind.DERIVED_FROM),
    target:
      version === undefined
        ? { case: "dataset", value: { name: dataset ?? "", artifact } }
        : { case: "version", value: version },
  };
  return { relation };
}

/** The lineage of a version or a dataset. */
export async function lineageOf(
  { lineage }: Clients,
  root: string | { name: string; artifact?: string },
  rest: { direction?: LineageDirection; depth?: number; stage?: string } = {},
): Promise<Lineage> {
  const given =
    typeof root === "string" ? { case: "version" as const, value: root } : { case: "dataset" as const, value: root };
  const reply = await lineage.getLineage({ root: given, ...rest });
  return reply.lineage as Lineage;
}

/** The edges with the names of their ends: `b DERIVED_FROM a`. */
export function edgesOf({ nodes, edges }: Lineage): string[] {
  const names = new Map(nodes.map(({ id, node }) => [id, node.value?.name ?? ""]));
  return edges.map(({ source, kind, target }) => `${names.get(source)} ${RelationKind[kind]} ${names.get(target)}`);
}

/** The names of the nodes. */
export function namesOf({ nodes }: Lineage): string[] {
  return nodes.map(({ node }) => node.value?.name ?? "");
}

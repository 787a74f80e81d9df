import {
  type Lineage,
  type LineageEdge,
  type LineageNode,
  RelationKind,
} from "@slipway/gen/slipway/metadata/v1/lineage_pb.js";

/** A line of a tree: what is drawn in front of it, how it came from what is above it, and what it is about. */
export interface TreeLine {
  branch: string;
  /** `fine-tuned from`. */
  kind: string;
  node: LineageNode;
  /** Its own branches stand further above already. */
  seen: boolean;
}

/** `fine-tuned from`. */
export function relationWords(kind: RelationKind): string {
  return RelationKind[kind].toLowerCase().replaceAll("_", " ").replace("fine ", "fine-");
}

/**
 * The lineage above or below its first node as a tree, in the order of its edges. What can be reached along several ways
 * appears on each, with its own branches on the first one only.
 */
export function treeOf({ nodes, edges }: Lineage, way: "up" | "down"): TreeLine[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const nearEnd = (edge: LineageEdge) => (way === "up" ? edge.source : edge.target);
  const farEnd = (edge: LineageEdge) => (way === "up" ? edge.target : edge.source);
  const byNearEnd = Map.groupBy(edges, nearEnd);
  const drawn = new Set<string>();
  const lines: TreeLine[] = [];

  const draw = (id: string, indent: string): void => {
    drawn.add(id);
    const branches = byNearEnd.get(id) ?? [];
    for (const [index, edge] of branches.entries()) {
      const node = byId.get(farEnd(edge));
      if (node === undefined) continue;
      const isLast = index === branches.length - 1;
      const seen = drawn.has(node.id) && byNearEnd.has(node.id);
      lines.push({ branch: `${indent}${isLast ? "└── " : "├── "}`, kind: relationWords(edge.kind), node, seen });
      const isDescent = edge.kind !== RelationKind.EVALUATED_ON;
      if (!seen && isDescent) draw(node.id, `${indent}${isLast ? "    " : "│   "}`);
    }
  };
  const [root] = nodes;
  if (root !== undefined) draw(root.id, "");
  return lines;
}

import { isDescent, isVersion, type LineagePoint, type StoredRelation } from "./relation.ts";

/** Bounds of one answer: a message has at most 4 MiB, and names are long. */
const MAXIMUM_NODES = 1000;
const MAXIMUM_EDGES = 5000;

/** How many relations behind the last level are looked at to see whether the lineage goes on. */
const PROBED = 100;

/** To what a point came from, or to what came from it. */
export type Way = "up" | "down";

/** A point of a lineage with what is known of it. */
export interface GraphNode<View> {
  point: LineagePoint;
  /** Relations between it and the first point, by the shortest way. */
  distance: number;
  /** Undefined for a dataset. */
  view: View | undefined;
}

/** A relation, and which way the walk went along it. */
interface GraphEdge {
  relation: StoredRelation;
  way: Way;
}

/** A lineage as far as it was walked: nodes by id and edges by uid, in the order in which they were found. */
export interface LineageGraph<View> {
  nodes: Map<string, GraphNode<View>>;
  edges: Map<string, GraphEdge>;
  truncated: boolean;
}

/** What the walk must know. */
export interface GraphLookups<View> {
  /** At most so many of the relations that lead on from these points. */
  relations(way: Way, ids: readonly string[], limit: number): Promise<StoredRelation[]>;
  /** What is known of versions, by id; those that the caller must not see are left out. */
  views(points: readonly LineagePoint[]): Promise<Map<string, View>>;
}

export interface WalkOptions {
  way: Way;
  /** Relations to walk along, 1 to 50. */
  depth: number;
  /** Leaves out EVALUATED_ON. */
  descentOnly: boolean;
  maximumNodes?: number;
  maximumEdges?: number;
}

/** A graph of one point. */
export function graphOf<View>(point: LineagePoint, view: View | undefined): LineageGraph<View> {
  return { nodes: new Map([[point.id, { point, distance: 0, view }]]), edges: new Map(), truncated: false };
}

/** Walks on from the graph's first point, level by level, and adds what it finds; two ways may be walked in turn. */
export async function walk<View>(
  graph: LineageGraph<View>,
  lookups: GraphLookups<View>,
  { way, depth, descentOnly, maximumNodes = MAXIMUM_NODES, maximumEdges = MAXIMUM_EDGES }: WalkOptions,
): Promise<void> {
  const { nodes, edges } = graph;
  const walked = new Set<string>();
  let level = [...nodes.keys()].slice(0, 1);
  for (let distance = 1; level.length > 0; distance += 1) {
    for (const id of level) walked.add(id);
    const isBeyond = distance > depth;
    const limit = isBeyond ? PROBED : maximumEdges - edges.size + 1;
    const found = await lookups.relations(way, level, limit);
    const relations = found.filter((each) => !edges.has(each.uid) && (!descentOnly || isDescent(each)));
    const views = await lookups.views(pointsWithout(nodes, way, relations));
    const seen = relations.filter((relation) => {
      const end = farEnd(way, relation);
      return nodes.has(end.id) || views.has(end.id) || !isVersion(end);
    });
    if (isBeyond) {
      graph.truncated ||= seen.length > 0;
      return;
    }
    graph.truncated ||= found.length === limit;
    const next = new Set<string>();
    for (const relation of seen) {
      const end = farEnd(way, relation);
      if (edges.size >= maximumEdges || (!nodes.has(end.id) && nodes.size >= maximumNodes)) {
        graph.truncated = true;
        continue;
      }
      if (!nodes.has(end.id)) nodes.set(end.id, { point: end, distance, view: views.get(end.id) });
      edges.set(relation.uid, { relation, way });
      if (isDescent(relation) && !walked.has(end.id)) next.add(end.id);
    }
    level = [...next];
  }
}

/** The graph without what does not lie between its first point and one that matches; the first point always stays. */
export function between<View>(
  { nodes, edges, truncated }: LineageGraph<View>,
  matches: (node: GraphNode<View>) => boolean,
): LineageGraph<View> {
  const kept = new Set([...nodes.values()].filter(matches).map(({ point }) => point.id));
  const nearer = Map.groupBy(edges.values(), ({ relation, way }) => farEnd(way, relation).id);
  // Grows while it is walked: what leads to what is kept is kept too.
  for (const id of kept) for (const { relation, way } of nearer.get(id) ?? []) kept.add(nearEnd(way, relation).id);
  for (const id of [...nodes.keys()].slice(0, 1)) kept.add(id);
  const isKept = ({ source, target }: StoredRelation) => kept.has(source.id) && kept.has(target.id);
  return {
    nodes: new Map([...nodes].filter(([id]) => kept.has(id))),
    edges: new Map([...edges].filter(([, { relation }]) => isKept(relation))),
    truncated,
  };
}

/** The points at the far ends that the graph does not have yet, each once. */
function pointsWithout(nodes: ReadonlyMap<string, unknown>, way: Way, relations: readonly StoredRelation[]) {
  const ends = new Map(relations.map((relation) => [farEnd(way, relation).id, farEnd(way, relation)]));
  return [...ends.values()].filter(({ id }) => !nodes.has(id));
}

function farEnd(way: Way, { source, target }: StoredRelation): LineagePoint {
  return way === "up" ? target : source;
}

function nearEnd(way: Way, { source, target }: StoredRelation): LineagePoint {
  return way === "up" ? source : target;
}

import type { Filter } from "@slipway/documents";

/** How large a filter is in the store's terms: the nodes of the tree, and how deep it is. */
export function filterSize(filter: Filter): { nodes: number; depth: number } {
  const children = childrenOf(filter).map(filterSize);
  return {
    nodes: 1 + children.reduce((sum, { nodes }) => sum + nodes, 0),
    depth: 1 + Math.max(0, ...children.map(({ depth }) => depth)),
  };
}

function childrenOf(filter: Filter): Filter[] {
  if ("and" in filter) return filter.and;
  if ("or" in filter) return filter.or;
  return "not" in filter ? [filter.not] : [];
}

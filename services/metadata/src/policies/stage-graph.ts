/** A way from one stage to another. */
interface Way {
  from: string;
  to: string;
}

/** The stages that ways lead to from one, that one among them. */
export function reachableStages(first: string, ways: readonly Way[]): Set<string> {
  const reached = new Set([first]);
  // A set that grows while it is walked is walked to its end.
  for (const stage of reached) {
    for (const { from, to } of ways) if (from === stage) reached.add(to);
  }
  return reached;
}

/** Whether a way closes a circle: others lead from its end back to its beginning. */
export function closesCircle(way: Way, ways: readonly Way[]): boolean {
  return reachableStages(way.to, ways).has(way.from);
}

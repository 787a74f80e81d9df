/** A step as far as order is concerned. */
interface Node {
  id: string;
  needs: readonly string[];
}

/**
 * A cycle among steps as the path that closes it, `a → b → a`; undefined when there is none. Depth-first with three
 * colours; ids that no step has are ignored here. At most 100 steps, so recursion is shallow.
 */
export function findCycle(steps: readonly Node[]): string | undefined {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const finished = new Set<string>();
  const path: string[] = [];

  const visit = (step: Node): string | undefined => {
    if (finished.has(step.id)) return undefined;
    const start = path.indexOf(step.id);
    if (start >= 0) return [...path.slice(start), step.id].join(" → ");
    path.push(step.id);
    for (const need of step.needs) {
      const needed = byId.get(need);
      const cycle = needed === undefined ? undefined : visit(needed);
      if (cycle !== undefined) return cycle;
    }
    path.pop();
    finished.add(step.id);
    return undefined;
  };

  for (const step of steps) {
    const cycle = visit(step);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

/** A row has room for so many. */
const MOST_SHOWN = 3;

/** Digits that say something about a score. */
const DIGITS = 4;

/** `f1 0.8421, recall 0.8`: those that were asked about first, then by name; at most three. */
export function formatMetrics(metrics: Readonly<Record<string, number>>, asked: readonly string[]): string {
  const wanted = asked.filter((name) => Object.hasOwn(metrics, name));
  const others = Object.keys(metrics)
    .filter((name) => !wanted.includes(name))
    .sort();
  return [...wanted, ...others]
    .slice(0, MOST_SHOWN)
    .map((name) => `${name} ${Number((metrics[name] ?? 0).toPrecision(DIGITS))}`)
    .join(", ");
}

/** The metrics that a filter or an order names, each once. */
export function metricsNamedIn(...texts: readonly string[]): string[] {
  const named = texts.flatMap((text) => [...text.matchAll(/\bmetrics[.:]([^\s()<>=!":*]+)/gu)].map(([, name]) => name));
  return [...new Set(named.filter((name) => name !== undefined))];
}

/** Names that filters and orders can say; what is longer is only shown. */
const MAXIMUM_CHARACTERS = 128;

/** A metric as the number that filters and orders find it by. */
export function metricNumber(name: string): string {
  return `metrics.${name}`;
}

/** What of a version's metrics can be searched: finite ones with sayable names. */
export function metricNumbers(metrics: Readonly<Record<string, number>>): Record<string, number> {
  const found: Record<string, number> = {};
  for (const [name, value] of Object.entries(metrics)) {
    const isSayable = name.length >= 1 && name.length <= MAXIMUM_CHARACTERS && !/\p{Cc}/u.test(name);
    if (isSayable && Number.isFinite(value)) found[metricNumber(name)] = value;
  }
  return found;
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/** `1.5 MiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

/** `7.5 KiB received, 2 B there already`: the parts that are not 0, or the first. */
export function describeParts(...parts: readonly [bytes: number, words: string][]): string {
  const some = parts.filter(([bytes]) => bytes > 0);
  return (some.length > 0 ? some : parts.slice(0, 1))
    .map(([bytes, words]) => `${formatBytes(bytes)} ${words}`)
    .join(", ");
}

/** `1 file`, `2 files`. */
export function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** `42 s`, `3 min 05 s`, `2 h 10 min`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, "0")} min`;
}

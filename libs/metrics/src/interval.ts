/** Where a metric probably lies, given that the rows are a sample: 95 of 100 such intervals hold the true value. */
export interface Interval {
  lower: number;
  upper: number;
}

/** The 97.5th percentile of the normal distribution: what makes the intervals those of 95 %. */
const Z = 1.959963984540054;

/** Fewer rows are too few to take a mean for normally distributed. */
const ROWS_FOR_A_MEAN = 30;

/**
 * Of a proportion: Wilson's score interval without continuity correction (Probable inference, the law of succession, and
 * statistical inference, JASA 22, 1927). Undefined without rows.
 */
export function wilsonInterval(successes: number, rows: number): Interval | undefined {
  if (rows === 0) return undefined;
  const share = successes / rows;
  const z2 = Z * Z;
  const middle = (share + z2 / (2 * rows)) / (1 + z2 / rows);
  const reach = (Z / (1 + z2 / rows)) * Math.sqrt((share * (1 - share)) / rows + z2 / (4 * rows * rows));
  return {
    lower: successes === 0 ? 0 : Math.max(0, middle - reach),
    upper: successes === rows ? 1 : Math.min(1, middle + reach),
  };
}

/**
 * Of a mean, by the central limit theorem. Undefined for fewer than 30 rows, and where all rows are alike, because nothing
 * then tells how much they could differ.
 */
export function meanInterval(mean: number, varianceOfRows: number, rows: number): Interval | undefined {
  if (rows < ROWS_FOR_A_MEAN) return undefined;
  return normalInterval(mean, varianceOfRows / rows);
}

/** Around an estimate that is normally distributed with a variance; undefined where that is 0. */
export function normalInterval(estimate: number, variance: number): Interval | undefined {
  if (!(variance > 0)) return undefined;
  const reach = Z * Math.sqrt(variance);
  return { lower: estimate - reach, upper: estimate + reach };
}

/** The interval of a value that follows from another one by a function that never falls. */
export function throughRising(interval: Interval | undefined, rising: (value: number) => number): Interval | undefined {
  return interval && { lower: rising(interval.lower), upper: rising(interval.upper) };
}

/**
 * Of the mean of independent estimates: the method of variance estimates recovery, as MOVER (Zou and Donner, Construction
 * of confidence limits about effect measures, Statistics in Medicine 27, 2008). Undefined where one has no interval.
 */
export function intervalOfMean(
  estimates: readonly { value: number; interval: Interval | undefined }[],
): Interval | undefined {
  let mean = 0;
  let below = 0;
  let above = 0;
  for (const { value, interval } of estimates) {
    if (interval === undefined) return undefined;
    mean += value / estimates.length;
    below += (value - interval.lower) ** 2;
    above += (interval.upper - value) ** 2;
  }
  if (estimates.length === 0) return undefined;
  return { lower: mean - Math.sqrt(below) / estimates.length, upper: mean + Math.sqrt(above) / estimates.length };
}

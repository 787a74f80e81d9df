/** The metrics here that measure errors. */
const ERRORS: ReadonlySet<string> = new Set(["log_loss", "mae", "rmse"]);

/** Whether less of a metric is better: of the errors that are computed here, and of what is declared so. */
export function isLowerBetter(metric: string, declared: readonly string[]): boolean {
  return ERRORS.has(metric) || declared.includes(metric);
}

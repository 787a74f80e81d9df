import type { Health } from "@slipway/rpc";
import type { Logger } from "@slipway/runtime";

/** What is amiss at the moment, in words for an operator; each list is empty when nothing is. */
export interface Findings {
  /** What keeps the process from serving. */
  missing: readonly string[];
  /** What is away, and the process serves without it: some calls fail, or work takes longer. */
  degraded: readonly string[];
  /** What is not away but will do harm. */
  warnings: readonly string[];
}

/** Finds some of it. Asked twice a second, so it must know at once. */
export type Finder = () => Partial<Findings>;

/** How often finders are asked; what a probe sees is at most so old. */
const LOOK_EVERY_MS = 500;

const NOTHING: Findings = { missing: [], degraded: [], warnings: [] };

/** Whether a process can serve, and if not why: asks finders, tells gRPC's health, and logs each change once. */
export class Readiness {
  readonly #health: Health;
  readonly #services: readonly string[];
  readonly #finders: readonly Finder[];
  readonly #log: Logger;
  #found: Findings = NOTHING;
  #timer: NodeJS.Timeout | undefined;

  /** `services`: full names of what the process serves. */
  constructor(health: Health, services: readonly string[], finders: readonly Finder[], log: Logger) {
    this.#health = health;
    this.#services = services;
    this.#finders = finders;
    this.#log = log;
  }

  /** Looks now, and again and again until `stop`. */
  start(): void {
    this.look();
    this.#timer ??= setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Asks everybody and passes on what has changed. */
  look(): void {
    const parts = this.#finders.map((find) => find());
    const gather = (kind: keyof Findings) => [...new Set(parts.flatMap((part) => part[kind] ?? []))];
    const found = { missing: gather("missing"), degraded: gather("degraded"), warnings: gather("warnings") };
    this.#tell(this.#found, found);
    this.#found = found;
    this.#health.setMissing(this.#services, found.missing);
  }

  /** What was found the last time. */
  report(): { status: "SERVING" | "DEGRADED" | "NOT_SERVING" } & Pick<Findings, "missing" | "warnings"> {
    const draining = this.#health.isDraining ? ["nothing: the process is shutting down"] : [];
    const { missing, degraded, warnings } = this.#found;
    const status = draining.length + missing.length > 0 ? "NOT_SERVING" : degraded.length > 0 ? "DEGRADED" : "SERVING";
    return { status, missing: [...draining, ...missing, ...degraded], warnings };
  }

  #tell(before: Findings, now: Findings): void {
    for (const what of without(now.missing, before.missing)) this.#log.warn({ missing: what }, "cannot serve");
    for (const what of without(now.degraded, before.degraded)) this.#log.warn({ missing: what }, "serves without");
    for (const what of without(now.warnings, before.warnings)) this.#log.warn({ warning: what }, "attention");
    for (const kind of ["missing", "degraded"] as const) {
      for (const what of without(before[kind], now[kind])) this.#log.info({ missing: what }, "no longer missing");
    }
  }
}

function without(some: readonly string[], others: readonly string[]): string[] {
  return some.filter((each) => !others.includes(each));
}

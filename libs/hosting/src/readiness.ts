import type { Health } from "@slipway/rpc";
import type { Logger } from "@slipway/runtime";

/** Tells what is amiss at the moment, in words for an operator; empty when nothing is. */
export type Findings = () => readonly string[];

/** How often the findings are asked for; what a probe sees is at most so old. */
const LOOK_EVERY_MS = 500;

/**
 * Whether a process can serve, and if not why: asks those who know, tells gRPC's health, and logs each change once.
 * Warnings are findings that do not keep it from serving.
 */
export class Readiness {
  readonly #health: Health;
  readonly #services: readonly string[];
  readonly #log: Logger;
  readonly #missingFrom: Findings[] = [];
  readonly #warningsFrom: Findings[] = [];
  #missing: readonly string[] = [];
  #warnings: readonly string[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** `services`: full names of what the process serves. */
  constructor(health: Health, services: readonly string[], log: Logger) {
    this.#health = health;
    this.#services = services;
    this.#log = log;
  }

  /** What keeps the process from serving. */
  addMissing(findings: Findings): void {
    this.#missingFrom.push(findings);
  }

  addWarnings(findings: Findings): void {
    this.#warningsFrom.push(findings);
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
    const missing = gather(this.#missingFrom);
    const warnings = gather(this.#warningsFrom);
    for (const what of without(missing, this.#missing)) this.#log.warn({ missing: what }, "cannot serve yet");
    for (const what of without(this.#missing, missing)) this.#log.info({ missing: what }, "no longer missing");
    for (const what of without(warnings, this.#warnings)) this.#log.warn({ warning: what }, "attention");
    this.#missing = missing;
    this.#warnings = warnings;
    this.#health.setMissing(this.#services, missing);
  }

  /** What was found the last time. */
  report(): { serving: boolean; missing: readonly string[]; warnings: readonly string[] } {
    const missing = this.#health.isDraining ? ["the process is shutting down"] : this.#missing;
    return { serving: missing.length === 0, missing, warnings: this.#warnings };
  }
}

function gather(all: readonly Findings[]): readonly string[] {
  return [...new Set(all.flatMap((findings) => findings()))];
}

function without(some: readonly string[], others: readonly string[]): string[] {
  return some.filter((each) => !others.includes(each));
}

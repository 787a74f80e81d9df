import { setTimeout as sleep } from "node:timers/promises";
import { Health, HealthCheckResponse_ServingStatus as ServingStatus } from "@slipway/gen/grpc/health/v1/health_pb.js";
import { AccessService } from "@slipway/gen/slipway/access/v1/access_service_pb.js";
import { createClient, fail, RpcError, SERVICE_PRINCIPAL, type Transport } from "@slipway/rpc";
import type { Clock, ServiceName } from "@slipway/runtime";
import { CREDENTIAL_REASONS } from "./peer-transport.ts";

const LOOK_EVERY_MS = 1_000;
const TIMEOUT_MS = 3_000;
/** Leases last from 3 seconds on and compare times that other processes stored. */
const CLOCKS_DIFFER_FROM_MS = 3_000;
/** HTTP's `date` counts whole seconds. */
const DATE_STEP_MS = 1_000;

export interface PeerWatchOptions {
  peer: ServiceName;
  url: string;
  /** Straight to the peer, with this service's credential; errors as they are. */
  transport: Transport;
  clock: Clock;
}

/** Asks another service every second whether it answers, trusts this one, and has the same time. */
export class PeerWatch {
  readonly #options: PeerWatchOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #problem: string | undefined;
  #clockProblem: string | undefined;

  constructor(options: PeerWatchOptions) {
    this.#options = options;
    this.#problem = `the ${options.peer} service has not answered yet at ${options.url}`;
  }

  start(): void {
    this.#running ??= this.#run(this.#stopping.signal);
  }

  /** Resolves when the question that is out has ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** Why the peer cannot be used, in words; empty when it can. */
  missing(): string[] {
    return this.#problem === undefined ? [] : [this.#problem];
  }

  warnings(): string[] {
    return this.#clockProblem === undefined ? [] : [this.#clockProblem];
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const problem = await this.#ask(signal);
      if (signal.aborted) return;
      this.#problem = problem;
      await sleep(LOOK_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async #ask(signal: AbortSignal): Promise<string | undefined> {
    const { peer, transport, clock } = this.#options;
    const askedMs = clock.nowMs();
    const onHeaders = (headers: ReadonlyMap<string, string>) => this.#compareClocks(headers.get("date"), askedMs);
    const options = { signal, timeoutMs: TIMEOUT_MS, onHeaders };
    try {
      if (peer === "metadata") {
        const { principal } = await createClient(AccessService, transport).whoAmI({}, options);
        if (principal !== SERVICE_PRINCIPAL) throw fail("SERVICE_REQUIRED", { method: "WhoAmI" });
        return undefined;
      }
      const { status } = await createClient(Health, transport).check({}, options);
      return status === ServingStatus.SERVING ? undefined : `the ${peer} service does not serve yet`;
    } catch (error) {
      return this.#inWords(error);
    }
  }

  #inWords(error: unknown): string {
    const { peer, url } = this.#options;
    if (!(error instanceof RpcError)) return `the ${peer} service at ${url} cannot be asked: ${String(error)}`;
    if (CREDENTIAL_REASONS.has(error.reason)) {
      return `the ${peer} service refuses this one: their SLIPWAY_SERVICE_KEY differ. Give all services the same`;
    }
    if (error.reason === "SERVER_UNTRUSTED") {
      return `no trusted connection to the ${peer} service at ${url}: ${error.metadata.problem ?? error.message}`;
    }
    if (error.reason === "DEPENDENCY_UNAVAILABLE") return `the ${peer} service does not serve yet: ${error.message}`;
    return `the ${peer} service does not answer at ${url}`;
  }

  /** The peer made its date between the question and now. */
  #compareClocks(date: string | undefined, askedMs: number): void {
    const theirMs = date === undefined ? Number.NaN : Date.parse(date);
    if (Number.isNaN(theirMs)) return;
    const { peer, clock } = this.#options;
    const aheadMs = theirMs - clock.nowMs();
    const behindMs = askedMs - (theirMs + DATE_STEP_MS);
    const differenceMs = Math.max(aheadMs, behindMs);
    const seconds = Math.round(differenceMs / 1000);
    const words = `the clock of the ${peer} service is ${seconds} s ${aheadMs > behindMs ? "ahead of" : "behind"} this one`;
    const remedy = "Set both by NTP: leases and expiries compare times";
    this.#clockProblem = differenceMs > CLOCKS_DIFFER_FROM_MS ? `${words}. ${remedy}` : undefined;
  }
}

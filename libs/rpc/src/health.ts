import {
  Health as HealthService,
  HealthCheckResponse_ServingStatus as ServingStatus,
} from "@slipway/gen/grpc/health/v1/health_pb.js";
import { fail } from "./fail.ts";
import { type Binding, bind } from "./handlers.ts";

/** What each service of a server lacks in order to serve; the truth behind grpc.health.v1.Health. */
export class Health {
  readonly #missing: Map<string, readonly string[]>;
  readonly #changed = new Set<() => void>();
  #draining = false;

  /** `services`: full names such as `slipway.metadata.v1.ModelService`. All of them start as not serving. */
  constructor(services: readonly string[]) {
    this.#missing = new Map(services.map((service) => [service, ["start"]]));
  }

  /** Says what services wait for, in words for an operator; with an empty list they serve. */
  setMissing(services: readonly string[], missing: readonly string[]): void {
    for (const service of services) {
      if (!this.#missing.has(service)) throw new TypeError(`${service} is not served here`);
      this.#missing.set(service, missing);
    }
    this.#tell();
  }

  /** Answers NOT_SERVING from now on and ends what watches. */
  drain(): void {
    this.#draining = true;
    this.#tell();
  }

  /** Whether `drain` was called. */
  get isDraining(): boolean {
    return this.#draining;
  }

  /** What any service waits for: `name: what`. Empty when all serve. */
  missing(): string[] {
    if (this.#draining) return ["draining"];
    return [...this.#missing].flatMap(([service, missing]) => missing.map((what) => `${service}: ${what}`));
  }

  /** Status of one service, or of all together for the empty name. */
  status(service: string): ServingStatus {
    if (service === "") return this.missing().length === 0 ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    const missing = this.#missing.get(service);
    if (missing === undefined) return ServingStatus.SERVICE_UNKNOWN;
    return !this.#draining && missing.length === 0 ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
  }

  /** The handlers of grpc.health.v1.Health. */
  binding(): Binding {
    return bind(HealthService, {
      check: async ({ service }) => {
        const status = this.status(service);
        if (status === ServingStatus.SERVICE_UNKNOWN) throw fail("SERVICE_UNKNOWN", { service });
        return { status };
      },
      list: async () => ({
        statuses: Object.fromEntries(
          ["", ...this.#missing.keys()].map((name) => [name, { status: this.status(name) }]),
        ),
      }),
      watch: ({ service }, { signal }) => this.#watch(service, signal),
    });
  }

  async *#watch(service: string, signal: AbortSignal): AsyncGenerator<{ status: ServingStatus }> {
    let told: ServingStatus | undefined;
    for (;;) {
      const change = this.#nextChange(signal);
      const status = this.status(service);
      if (status !== told) yield { status };
      told = status;
      if (this.#draining) return;
      await change;
      if (signal.aborted) return;
    }
  }

  #nextChange(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#changed.delete(done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      this.#changed.add(done);
      signal.addEventListener("abort", done);
      if (signal.aborted) done();
    });
  }

  #tell(): void {
    for (const changed of [...this.#changed]) changed();
  }
}

import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { type Connection, connectionOver } from "@slipway/client";
import { createGrpcTransport, type Transport } from "@slipway/rpc";
import { SERVICE_NAMES, type ServiceName, type ServiceUrls } from "@slipway/runtime";
import { FaultyProxy, until } from "@slipway/runtime/testing";
import { expect } from "chai";
import { untilServing } from "../../support/health-words.ts";
import { EndedBeforeReady } from "../../support/slipway-process.ts";
import { type ServiceProcess, SplitServer } from "../../support/split-server.ts";

type Environment = Record<string, string>;

/** One process of a service. */
export interface Incarnation {
  readonly service: ServiceName;
  readonly child: ChildProcess;
  /** Undefined where it was killed before it listened. */
  readonly listening: Promise<ServiceProcess | undefined>;
}

/**
 * Three services, each behind an address that stays the same whichever of its processes answers there. Clients and the
 * other services know these addresses only.
 */
export class FaultyRegistry {
  readonly #split: SplitServer;
  readonly #addresses: Record<ServiceName, FaultyProxy>;
  readonly #environments: Partial<Record<ServiceName, Environment>>;
  readonly #incarnations: Incarnation[] = [];
  readonly #current: Partial<Record<ServiceName, Incarnation>> = {};

  private constructor(
    split: SplitServer,
    addresses: Record<ServiceName, FaultyProxy>,
    environments: Partial<Record<ServiceName, Environment>>,
  ) {
    this.#split = split;
    this.#addresses = addresses;
    this.#environments = environments;
  }

  /** `engines` is what names the databases to all of them; `environments` is for the processes of one service. */
  static async prepare(
    engines: Environment,
    environments: Partial<Record<ServiceName, Environment>> = {},
  ): Promise<FaultyRegistry> {
    // Nobody listens there; the first process of a service leads its address elsewhere.
    const nowhere = () => FaultyProxy.before({ host: "127.0.0.1", port: 1 });
    const addresses = { metadata: await nowhere(), artifact: await nowhere(), workflow: await nowhere() };
    const urls = Object.entries(addresses).map(([service, { port }]) => [
      `SLIPWAY_${service.toUpperCase()}_URL`,
      `http://127.0.0.1:${port}`,
    ]);
    const env = { ...engines, ...Object.fromEntries(urls), SLIPWAY_LISTEN: "127.0.0.1:0", SLIPWAY_LOG: "warn" };
    return new FaultyRegistry(await SplitServer.prepare({ env }), addresses, environments);
  }

  /** The network before a service. */
  address(service: ServiceName): FaultyProxy {
    return this.#addresses[service];
  }

  get urls(): ServiceUrls {
    const url = (service: ServiceName) => `http://127.0.0.1:${this.#addresses[service].port}`;
    return { metadata: url("metadata"), artifact: url("artifact"), workflow: url("workflow") };
  }

  /** A process of a service that nobody is led to yet; `faultPoint` is its SLIPWAY_FAULT_POINT. */
  spawn(service: ServiceName, faultPoint = "", environment: Environment = {}): Incarnation {
    let spawned: ChildProcess | undefined;
    const env = { ...this.#environments[service], SLIPWAY_FAULT_POINT: faultPoint, ...environment };
    const listening = this.#split
      .start(service, env, (child) => {
        spawned = child;
      })
      .catch((error: unknown) => {
        if (error instanceof EndedBeforeReady && error.signal === "SIGKILL") return undefined;
        throw error;
      });
    listening.catch(() => undefined);
    if (spawned === undefined) throw new Error("a process is spawned at once");
    const incarnation = { service, child: spawned, listening };
    this.#incarnations.push(incarnation);
    return incarnation;
  }

  /** Leads everybody to a process from now on, as a balancer does that has noticed the end of the one before. */
  async lead({ service, listening }: Incarnation): Promise<void> {
    const running = await listening;
    if (running === undefined) return;
    const address = this.#addresses[service];
    address.target = { host: "127.0.0.1", port: Number(new URL(running.url).port) };
    address.cut();
  }

  /** Spawns a process and leads everybody to it once it listens. */
  replace(service: ServiceName, faultPoint = ""): Incarnation {
    const incarnation = this.spawn(service, faultPoint);
    const led = this.lead(incarnation);
    led.catch(() => undefined);
    this.#current[service] = incarnation;
    return incarnation;
  }

  /** Waits until the last process of each service serves, with nothing missing. */
  async untilServing(): Promise<void> {
    for (const incarnation of Object.values(this.#current)) {
      const running = await incarnation.listening;
      expect(running, `the last process of ${incarnation.service}`).to.not.equal(undefined);
      await untilServing(running as ServiceProcess);
    }
  }

  /** A client of all services; `over` may put something between. */
  connect(over: (transport: Transport) => Transport = (transport) => transport): Connection {
    return connectionOver(this.urls.metadata, over(transportTo(this.urls, this.#split.bootstrapKey)));
  }

  /** Ends every process that lives in order, which is with 0. */
  async stop(): Promise<void> {
    for (const { service, child, listening } of this.#incarnations) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const running = await listening;
      expect(await running?.stop(), `${service} ends:\n${running?.log()}`).to.equal(0);
    }
  }

  /** What the processes have logged as errors, at most some lines of it. */
  async errors(): Promise<string> {
    const logs = await Promise.all(
      this.#incarnations.map(({ listening }) => listening.then((running) => running?.log() ?? "").catch(String)),
    );
    const lines = logs.flatMap((log) => log.split("\n")).filter((line) => line.includes('"level":"error"'));
    return lines.slice(-20).join("\n");
  }

  /** Ends what lives and removes what it left on this machine. */
  async remove(): Promise<void> {
    // A frozen process takes no other signal.
    for (const { child } of this.#incarnations) child.kill("SIGCONT");
    await this.#split.remove();
    for (const service of SERVICE_NAMES) await this.#addresses[service].close();
  }
}

/** A point comes by within seconds, on a busy machine within a minute. */
const HIT_TIMEOUT_MS = 120_000;

/** Waits until a process was killed by its fault. */
export async function untilKilled({ child, service }: Incarnation, what: string): Promise<void> {
  const isGone = () => child.exitCode !== null || child.signalCode !== null;
  await until(`${service} dies: ${what} is hit`, isGone, HIT_TIMEOUT_MS);
  expect(child.signalCode, `how ${service} ended at ${what}`).to.equal("SIGKILL");
}

/** Waits until a process is frozen. */
export async function untilFrozen(incarnation: Incarnation, what: string): Promise<void> {
  const { child, service } = incarnation;
  const isHeld = () => {
    expect(child.exitCode, `how ${service} ended before ${what}`).to.equal(null);
    return isFrozen(incarnation);
  };
  await until(`${service} is frozen: ${what} is hit`, isHeld, HIT_TIMEOUT_MS);
}

/** Linux tells it of each process: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
export function isFrozen({ child }: Incarnation): boolean {
  const state = readFileSync(`/proc/${child.pid}/stat`, "utf8");
  return state.slice(state.lastIndexOf(")")).startsWith(") T");
}

/** Leads each call to its service. */
function transportTo(urls: ServiceUrls, key: string): Transport {
  const open = (url: string) => createGrpcTransport({ url, headers: { authorization: `Bearer ${key}` } });
  const ways = { metadata: open(urls.metadata), artifact: open(urls.artifact), workflow: open(urls.workflow) };
  const wayOf = ({ parent }: { parent: { typeName: string } }): Transport => {
    const service = SERVICE_NAMES.find((name) => parent.typeName.startsWith(`slipway.${name}.`));
    return ways[service ?? "metadata"];
  };
  return {
    unary: (method, request, options) => wayOf(method).unary(method, request, options),
    stream: (method, requests, options) => wayOf(method).stream(method, requests, options),
    close: () => {
      for (const way of Object.values(ways)) way.close();
    },
  };
}

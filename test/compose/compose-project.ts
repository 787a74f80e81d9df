import { execFile } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort } from "@slipway/runtime/testing";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** The image is built under a name of its own, so that a person's stays what it is. */
const IMAGE = "slipway:compose-test";
/** What keeps running; `secrets` ends. */
export const CONTAINERS = ["mongo", "minio", "nats", "metadata", "artifact", "workflow"] as const;
export type ContainerName = (typeof CONTAINERS)[number];
/** Between two looks at a container that starts again. */
const LOOK_EVERY_MS = 250;
const HEALTHY_TIMEOUT_MS = 90_000;

/** What `docker inspect` says of a container, as far as tests ask. */
export interface ContainerState {
  Id: string;
  RestartCount: number;
  State: { Status: string; Pid: number; OOMKilled: boolean; Health?: { Status: string } };
  HostConfig: { ReadonlyRootfs: boolean; CapDrop: string[]; SecurityOpt: string[]; Memory: number };
  NetworkSettings: { Ports: Record<string, { HostIp: string; HostPort: string }[] | null> };
}

/** docker-compose.yml under a project name and on ports of its own, so that it disturbs nobody. */
export class ComposeProject {
  readonly name: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly ports: Readonly<Record<"metadata" | "artifact" | "workflow", string>>;

  private constructor(name: string, ports: ComposeProject["ports"]) {
    this.name = name;
    this.ports = ports;
    const kept = Object.entries(process.env).filter(([variable]) => !/^(SLIPWAY_|COMPOSE_|npm_)/.test(variable));
    this.environment = {
      ...Object.fromEntries(kept),
      COMPOSE_PROJECT_NAME: name,
      COMPOSE_FILE: join(ROOT, "docker-compose.yml"),
      COMPOSE_ENV_FILES: "/dev/null",
      SLIPWAY_IMAGE: IMAGE,
      SLIPWAY_METADATA_PORT: ports.metadata,
      SLIPWAY_ARTIFACT_PORT: ports.artifact,
      SLIPWAY_WORKFLOW_PORT: ports.workflow,
    };
  }

  static async create(purpose: string): Promise<ComposeProject> {
    const port = async () => `${await freePort()}`;
    const ports = { metadata: await port(), artifact: await port(), workflow: await port() };
    return new ComposeProject(`slipway-test-${purpose}-${process.pid}`, ports);
  }

  /** Standard output of a command of `docker`. Throws with what it wrote to both streams when it fails. */
  async docker(...args: string[]): Promise<string> {
    const options = { cwd: ROOT, env: this.environment, maxBuffer: 1 << 26 };
    const { stdout } = await promisify(execFile)("docker", args, options);
    return stdout;
  }

  compose(...args: string[]): Promise<string> {
    return this.docker("compose", ...args);
  }

  /** Starts everything and waits until all is healthy; what kept it from that is in the error. */
  async up(): Promise<void> {
    try {
      await this.compose("up", "--detach", "--wait", "--wait-timeout", String(HEALTHY_TIMEOUT_MS / 1000));
    } catch (error) {
      const logs = await this.compose("logs", "--tail", "40").catch(() => "");
      throw new Error(`${(error as Error).message}\n${logs}`);
    }
  }

  /** Whatever stands in the way of it, nothing of this project stays. */
  async remove(): Promise<void> {
    await this.compose("--profile", "*", "down", "--volumes", "--remove-orphans", "--timeout", "30");
  }

  async inspect(container: ContainerName): Promise<ContainerState> {
    const id = (await this.compose("ps", "--all", "--quiet", container)).trim();
    return (JSON.parse(await this.docker("inspect", id)) as ContainerState[])[0] as ContainerState;
  }

  /** The output of a command inside a container. */
  async execute(container: ContainerName, ...command: string[]): Promise<string> {
    return this.compose("exec", "-T", container, ...command);
  }

  /**
   * Kills the main process of a container as nobody stopped it: from outside its process namespace, since Docker takes
   * `docker kill` for a wish, after which it would not start the container again.
   */
  async killProcess(container: ContainerName): Promise<ContainerState> {
    const before = await this.inspect(container);
    const kill = ["--entrypoint", "bash", IMAGE, "-c", `kill -9 ${before.State.Pid}`];
    await this.docker("run", "--rm", "--pid", "host", "--network", "none", "--user", "0", ...kill);
    return before;
  }

  /** Waits until the container runs anew and everything is healthy. */
  async recovered(container: ContainerName, before: ContainerState): Promise<void> {
    const until = performance.now() + HEALTHY_TIMEOUT_MS;
    for (;;) {
      const states = await Promise.all(CONTAINERS.map((name) => this.inspect(name)));
      const killed = states[CONTAINERS.indexOf(container)] as ContainerState;
      const healthy = states.every(({ State }) => State.Health?.Status === "healthy");
      if (healthy && killed.RestartCount > before.RestartCount && killed.State.Pid !== before.State.Pid) return;
      if (performance.now() > until) throw new Error(`${container} did not recover\n${await this.compose("ps")}`);
      await sleep(LOOK_EVERY_MS);
    }
  }

  /** Everything that Docker still has of this project. */
  async leftovers(): Promise<string[]> {
    const label = `label=com.docker.compose.project=${this.name}`;
    const lists = await Promise.all([
      this.docker("ps", "--all", "--quiet", "--filter", label),
      this.docker("volume", "ls", "--quiet", "--filter", label),
      this.docker("network", "ls", "--quiet", "--filter", label),
    ]);
    return lists.flatMap((list) => list.split("\n")).filter((line) => line !== "");
  }

  /** All volumes of the engine, whoever made them. */
  async volumes(): Promise<string[]> {
    return (await this.docker("volume", "ls", "--quiet")).split("\n").filter((line) => line !== "");
  }
}

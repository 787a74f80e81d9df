import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SERVICE_NAMES, type ServiceName, type ServiceUrls } from "@slipway/runtime";
import { freePort } from "@slipway/runtime/testing";
import {
  type CommandResult,
  cleanEnvironment,
  EndedBeforeReady,
  type RunOptions,
  runSlipway,
} from "./slipway-process.ts";

/** What `GET /health` answers. */
export interface HealthAnswer {
  code: number;
  status: string;
  missing: string[];
  warnings: string[];
}

/** One service in a process of its own. */
export interface ServiceProcess {
  readonly child: ChildProcess;
  readonly url: string;
  /** Resolves with the exit code, or null when a signal ended it. */
  readonly ended: Promise<number | null>;
  /** What it has logged so far. */
  log(): string;
  health(): Promise<HealthAnswer>;
  /** Ends it in order. */
  stop(): Promise<number | null>;
}

export interface SplitOptions {
  /** Of every service: engines, TLS. */
  env: Record<string, string>;
  /** Of every command. */
  clientEnv?: Record<string, string>;
  scheme?: "http" | "https";
}

/** The three services, each in a process of its own, on ports that are known before any of them runs. */
export class SplitServer {
  readonly urls: ServiceUrls;
  readonly bootstrapKey: string;
  readonly #home: string;
  readonly #env: Record<string, string>;
  readonly #clientEnv: Record<string, string>;
  readonly #running = new Set<ServiceProcess>();

  private constructor(home: string, urls: ServiceUrls, { env, clientEnv = {} }: SplitOptions) {
    this.#home = home;
    this.urls = urls;
    this.bootstrapKey = `slw_${randomBytes(16).toString("hex")}_${randomBytes(32).toString("base64url")}`;
    this.#clientEnv = clientEnv;
    this.#env = {
      SLIPWAY_HOME: home,
      SLIPWAY_LOG: "info",
      SLIPWAY_AUTH: "keys",
      SLIPWAY_BOOTSTRAP_KEY: this.bootstrapKey,
      SLIPWAY_SERVICE_KEY: randomBytes(32).toString("hex"),
      SLIPWAY_METADATA_URL: urls.metadata,
      SLIPWAY_ARTIFACT_URL: urls.artifact,
      SLIPWAY_WORKFLOW_URL: urls.workflow,
      ...env,
    };
  }

  /** Chooses ports and keys; nothing runs yet. */
  static async prepare(options: SplitOptions): Promise<SplitServer> {
    const home = await mkdtemp(join(tmpdir(), "slipway-split-"));
    const url = async () => `${options.scheme ?? "http"}://127.0.0.1:${await freePort()}`;
    return new SplitServer(home, { metadata: await url(), artifact: await url(), workflow: await url() }, options);
  }

  /**
   * Starts one service and waits until it listens, whether it can serve or not. `env` is for this process; `onSpawn` is
   * told of the process at once.
   * @throws EndedBeforeReady
   */
  async start(
    service: ServiceName,
    env: Record<string, string> = {},
    onSpawn: (child: ChildProcess) => void = () => undefined,
  ): Promise<ServiceProcess> {
    const main = fileURLToPath(new URL(`../../services/${service}/src/main.ts`, import.meta.url));
    const settings = {
      SLIPWAY_LISTEN: new URL(this.urls[service]).host,
      SLIPWAY_HEALTH_LISTEN: "127.0.0.1:0",
      ...this.#env,
      ...env,
    };
    const child = spawn(process.execPath, [main], { env: { ...cleanEnvironment(), ...settings } });
    onSpawn(child);
    let stdout = "";
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const ended = once(child, "close").then(([code]) => code as number | null);
    const listening = new Promise<[url: string, healthUrl: string]>((resolve) => {
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        stdout += text;
        const [url, healthUrl] = stdout.match(/https?:\/\/[^\s,]+/g) ?? [];
        if (url !== undefined && healthUrl !== undefined) resolve([url, healthUrl]);
      });
    });
    const failed = ended.then((code) => Promise.reject(new EndedBeforeReady(code, child.signalCode, stderr)));
    const [url, healthUrl] = await Promise.race([listening, failed]);
    failed.catch(() => undefined);
    const running: ServiceProcess = {
      child,
      url,
      ended,
      log: () => stderr,
      health: async () => {
        const response = await fetch(healthUrl);
        return { code: response.status, ...((await response.json()) as Omit<HealthAnswer, "code">) };
      },
      stop: () => {
        child.kill("SIGTERM");
        return ended;
      },
    };
    this.#running.add(running);
    return running;
  }

  /** Starts all three, the last one first. */
  async startAll(env: Record<string, string> = {}): Promise<Record<ServiceName, ServiceProcess>> {
    const started: Partial<Record<ServiceName, ServiceProcess>> = {};
    for (const service of SERVICE_NAMES.toReversed()) started[service] = await this.start(service, env);
    return started as Record<ServiceName, ServiceProcess>;
  }

  /** Runs a command of `slipway` that knows only where metadata is. */
  run(commandArguments: string[], options: RunOptions = {}): Promise<CommandResult> {
    const env = {
      SLIPWAY_HOME: this.#home,
      SLIPWAY_URL: this.urls.metadata,
      SLIPWAY_KEY: this.bootstrapKey,
      ...this.#clientEnv,
      ...options.env,
    };
    return runSlipway(commandArguments, { ...options, env });
  }

  /** Runs a command that must succeed with `-o json`, and returns what it answers. */
  async json<Answer>(commandArguments: string[], options: RunOptions = {}): Promise<Answer> {
    const words = [...commandArguments, "-o", "json"];
    const { code, stdout, stderr } = await this.run(words, options);
    if (code !== 0) {
      throw new Error(`slipway ${words.join(" ")} ended with ${code}:\n${stderr}${stdout}${this.#errors()}`);
    }
    return JSON.parse(stdout) as Answer;
  }

  /** What the services have logged as errors. */
  #errors(): string {
    const lines = [...this.#running].flatMap((each) => each.log().split("\n"));
    return lines.filter((line) => line.includes('"level":"error"')).join("\n");
  }

  /** Ends what runs and removes what it left on this machine. */
  async remove(): Promise<void> {
    for (const { child, ended } of this.#running) {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await ended;
    }
    await rm(this.#home, { recursive: true, force: true });
  }
}

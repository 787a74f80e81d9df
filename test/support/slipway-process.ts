import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The command as a program for Node. */
export const BIN = fileURLToPath(new URL("../../services/standalone/bin/slipway.js", import.meta.url));

export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** A server that ended before it was ready. */
export class EndedBeforeReady extends Error {
  /** What ended it, where it did not end by itself. */
  readonly signal: NodeJS.Signals | null;

  constructor(code: number | null, signal: NodeJS.Signals | null, stderr: string) {
    super(`the server ended with ${code ?? signal} before it was ready:\n${stderr}`);
    this.name = "EndedBeforeReady";
    this.signal = signal;
  }
}

export interface StartOptions {
  /** Data from an earlier server; default: a new folder, removed by `remove`. */
  home?: string;
  env?: Record<string, string>;
}

/** A server in a process of its own, as a user starts it, on a free port. */
export class SlipwayProcess {
  readonly home: string;
  readonly url: string;
  readonly child: ChildProcess;
  /** Resolves with the exit code, or null when a signal ended it. */
  readonly ended: Promise<number | null>;
  /** What it has logged so far. */
  log: () => string;
  /** What it has said on standard output. */
  greeting: () => string;

  private constructor(
    home: string,
    url: string,
    child: ChildProcess,
    ended: Promise<number | null>,
    log: () => string,
    greeting: () => string,
  ) {
    this.home = home;
    this.url = url;
    this.child = child;
    this.ended = ended;
    this.log = log;
    this.greeting = greeting;
  }

  /** Starts a server and waits until it says that it is ready. */
  static async start({ home, env = {} }: StartOptions = {}): Promise<SlipwayProcess> {
    const folder = home ?? (await mkdtemp(join(tmpdir(), "slipway-test-")));
    const settings = { SLIPWAY_HOME: folder, SLIPWAY_LISTEN: "127.0.0.1:0", SLIPWAY_LOG: "warn", ...env };
    const child = spawn(process.execPath, [BIN, "serve"], { env: { ...cleanEnvironment(), ...settings } });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const ended = once(child, "close").then(([code]) => code as number | null);
    const ready = new Promise<string>((resolve) => {
      child.stdout.on("data", () => {
        const url = /https?:\/\/\S+(?= \(gRPC\))/.exec(stdout)?.[0];
        if (url !== undefined) resolve(url);
      });
    });
    const url = await Promise.race([
      ready,
      ended.then((code) => Promise.reject(new EndedBeforeReady(code, child.signalCode, stderr))),
    ]);
    return new SlipwayProcess(
      folder,
      url,
      child,
      ended,
      () => stderr,
      () => stdout,
    );
  }

  /** Runs a command of `slipway` against this server. */
  run(commandArguments: string[], options: RunOptions = {}): Promise<CommandResult> {
    return runSlipway(commandArguments, { ...options, env: { SLIPWAY_URL: this.url, ...options.env } });
  }

  /** Runs a command that must succeed with `-o json`, and returns what it answers. */
  async json<Answer>(commandArguments: string[], options: RunOptions = {}): Promise<Answer> {
    const words = [...commandArguments, "-o", "json"];
    const { code, stdout, stderr } = await this.run(words, options);
    if (code !== 0) throw new Error(`slipway ${words.join(" ")} ended with ${code}:\n${stderr}`);
    return JSON.parse(stdout) as Answer;
  }

  /** Ends it in order. */
  async stop(): Promise<number | null> {
    this.child.kill("SIGTERM");
    return this.ended;
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.ended;
  }

  /** Ends it and removes its data. */
  async remove(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) await this.kill();
    await rm(this.home, { recursive: true, force: true });
  }
}

export interface RunOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** Sends ctrl-C when aborted. */
  interrupt?: AbortSignal;
  /** Ends it as a power cut would when aborted. */
  kill?: AbortSignal;
}

/** Runs a command of `slipway` in a process of its own and waits for its end. */
export async function runSlipway(commandArguments: string[], options: RunOptions = {}): Promise<CommandResult> {
  const { cwd, env = {}, interrupt, kill } = options;
  const child = spawn(process.execPath, [BIN, ...commandArguments], { cwd, env: { ...cleanEnvironment(), ...env } });
  const result: CommandResult = { code: 0, stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    result.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    result.stderr += text;
  });
  interrupt?.addEventListener("abort", () => child.kill("SIGINT"), { once: true });
  kill?.addEventListener("abort", () => child.kill("SIGKILL"), { once: true });
  const [code] = (await once(child, "close")) as [number | null];
  return { ...result, code: code ?? -1 };
}

/** This process's environment without settings of a person's own Slipway. */
export function cleanEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("SLIPWAY_"));
  return Object.fromEntries(kept) as Record<string, string>;
}

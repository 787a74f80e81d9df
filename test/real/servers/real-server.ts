import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@slipway/runtime/testing";
import { findProgram, type Program } from "./find-program.ts";

/** Where a server listens (127.0.0.1) and keeps things. */
export interface ServerPlace {
  port: number;
  /** What `wipe` empties. */
  data: string;
  /** For files that a server reads at start; kept by `wipe`. */
  settings: string;
}

/** What differs between the kinds of server. */
export interface ServerKind {
  program: Program;
  environment?: Record<string, string>;
  /** Called before every start; may write into `settings`. */
  prepare(place: ServerPlace): Promise<string[]>;
  /** Resolves once the server does its work; called after every start. Rejects where it cannot answer yet. */
  becomeReady(place: ServerPlace): Promise<void>;
}

const READY_TIMEOUT_MS = 60_000;
const RETRY_MS = 20;
const PORT_ATTEMPTS = 3;

/**
 * A real server in a process of its own, on a free port of 127.0.0.1, with its data in a temporary folder. Start one
 * for a test that does something to it; `remove` ends it and its data. It also ends when this process ends, however
 * that happens.
 */
export class RealServer {
  readonly #kind: ServerKind;
  readonly #program: string;
  readonly #folder: string;
  #place: ServerPlace;
  #child: ChildProcess | undefined;
  #watchdog: ChildProcess | undefined;

  private constructor(kind: ServerKind, program: string, folder: string) {
    this.#kind = kind;
    this.#program = program;
    this.#folder = folder;
    this.#place = { port: 0, data: join(folder, "data"), settings: join(folder, "settings") };
  }

  /** @throws Error where the program is missing (says how to get it), or ends before it is ready (its last lines) */
  static async start(kind: ServerKind): Promise<RealServer> {
    const program = await findProgram(kind.program);
    const folder = await mkdtemp(join(tmpdir(), `slipway-${kind.program}-`));
    const server = new RealServer(kind, program, folder);
    try {
      for (let attempt = 1; ; attempt += 1) {
        server.#place = { ...server.#place, port: await freePort() };
        try {
          await server.start();
          return server;
        } catch (error) {
          // Somebody else may have taken the port meanwhile.
          if (attempt === PORT_ATTEMPTS) throw error;
          await server.kill();
        }
      }
    } catch (error) {
      await server.remove();
      throw error;
    }
  }

  /** Stays the same over restarts. */
  get port(): number {
    return this.#place.port;
  }

  /** Starts it again after `stop` or `kill`: same port, same data. Resolves when it serves. */
  async start(): Promise<void> {
    await Promise.all([mkdir(this.#place.data, { recursive: true }), mkdir(this.#place.settings, { recursive: true })]);
    const serverArguments = await this.#kind.prepare(this.#place);
    const log = await open(this.#logFile, "a");
    // A group of its own: ctrl-C reaches the test runner, which ends its servers in order.
    this.#child = spawn(this.#program, serverArguments, {
      cwd: this.#folder,
      detached: true,
      env: { ...process.env, ...this.#kind.environment },
      stdio: ["ignore", log.fd, log.fd],
    });
    await once(this.#child, "spawn").finally(() => log.close());
    this.#watchdog = watch(this.#child.pid, this.#folder);
    await this.#untilReady();
  }

  /** SIGTERM, and waits for its end. */
  stop(): Promise<void> {
    return this.#end("SIGTERM");
  }

  /** SIGKILL, and waits for its end. */
  kill(): Promise<void> {
    return this.#end("SIGKILL");
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** SIGSTOP: connections stay open, nothing is answered. */
  freeze(): void {
    this.#child?.kill("SIGSTOP");
  }

  /** SIGCONT */
  thaw(): void {
    this.#child?.kill("SIGCONT");
  }

  /** Deletes its data. Only between `stop` or `kill` and `start`. */
  async wipe(): Promise<void> {
    if (this.#isRunning()) throw new Error("stop the server before its data is wiped");
    await rm(this.#place.data, { recursive: true, force: true });
  }

  /** Ends it, and removes everything that it left. */
  async remove(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #logFile(): string {
    return join(this.#folder, "server.log");
  }

  #isRunning(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  async #end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const child = this.#child;
    if (child && this.#isRunning()) {
      const exited = once(child, "exit");
      this.thaw();
      child.kill(signal);
      await exited;
    }
    this.#watchdog?.kill("SIGKILL");
    this.#watchdog = undefined;
  }

  async #untilReady(): Promise<void> {
    const deadlineMs = performance.now() + READY_TIMEOUT_MS;
    for (;;) {
      if (!this.#isRunning()) throw new Error(`${this.#kind.program} ended at once:\n${await this.#lastLines()}`);
      try {
        return await this.#kind.becomeReady(this.#place);
      } catch (error) {
        if (performance.now() > deadlineMs) {
          const lines = await this.#lastLines();
          throw new Error(`${this.#kind.program} does not become ready:\n${lines}`, { cause: error });
        }
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  async #lastLines(): Promise<string> {
    return (await readFile(this.#logFile, "utf8")).split("\n").slice(-20).join("\n");
  }
}

/** Waits for the end of this process, seen as the end of its input, then ends the server and removes its data. */
function watch(pid: number | undefined, folder: string): ChildProcess {
  const script = 'cat; kill -9 "$1"; rm -rf "$2"';
  const watchdog = spawn("sh", ["-c", script, "sh", `${pid}`, folder], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  watchdog.unref();
  return watchdog;
}

import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";

/** How long a process may take to end after SIGTERM before it is killed. */
const END_TIMEOUT_MS = 15_000;

/** A command that runs in its own process group, so that all it started ends with it. */
export class RunningCommand {
  readonly #process: ChildProcess;
  readonly #changes = new EventEmitter();
  #output = "";
  #exitCode: number | undefined;

  constructor(script: string, folder: string, environment: NodeJS.ProcessEnv) {
    this.#process = spawn("bash", ["-c", script], {
      cwd: folder,
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#output += text;
        this.#changes.emit("change");
      });
    }
    this.#process.once("close", (code) => {
      this.#exitCode = code ?? 128;
      this.#changes.emit("change");
    });
  }

  /** What it wrote so far, both streams in the order of arrival. */
  get output(): string {
    return this.#output;
  }

  /** Undefined while it runs; 128 after a signal. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  /** Resolves to true once the condition holds, to false when the command ends or the time is over before that. */
  async until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
    const signal = AbortSignal.timeout(timeoutMs);
    while (!condition()) {
      if (this.#exitCode !== undefined) return false;
      try {
        await once(this.#changes, "change", { signal });
      } catch (error) {
        if (signal.aborted) return condition();
        throw error;
      }
    }
    return true;
  }

  /** Sends a signal to the whole group. */
  signal(name: "SIGINT" | "SIGTERM" | "SIGKILL"): void {
    const { pid } = this.#process;
    if (pid === undefined) return;
    try {
      process.kill(-pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }

  /** Ends the whole group, at last by force. */
  async end(): Promise<void> {
    this.signal("SIGTERM");
    if (!(await this.until(() => this.#exitCode !== undefined, END_TIMEOUT_MS))) {
      this.signal("SIGKILL");
      await this.until(() => this.#exitCode !== undefined, END_TIMEOUT_MS);
    }
  }
}

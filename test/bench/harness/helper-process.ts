import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { ENDING_WITH_PARENT } from "./ending-with-parent.ts";

/** A server of the benchmark in a process of its own; its script writes its URL as its first line. */
export class HelperProcess implements AsyncDisposable {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(url: string, child: ChildProcess) {
    this.url = url;
    this.#child = child;
  }

  /** Starts a script and waits for its URL; fails when it ends before. */
  static async start(script: URL, scriptArguments: string[] = []): Promise<HelperProcess> {
    const words = [...process.execArgv, ENDING_WITH_PARENT, fileURLToPath(script), ...scriptArguments];
    const child = spawn(process.execPath, words, { stdio: ["pipe", "pipe", "inherit"] });
    const ended = once(child, "close").then(() => {
      throw new Error(`${script.pathname} ended before it served.`);
    });
    const [line] = (await Promise.race([once(child.stdout.setEncoding("utf8"), "data"), ended])) as [string];
    ended.catch(() => undefined);
    return new HelperProcess(line.trim(), child);
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, "close");
    this.#child.kill();
    await ended;
  }
}

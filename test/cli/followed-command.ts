import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { BIN } from "../support/slipway-process.ts";

/** A command that runs until it is told to end, or ends by itself. */
export class FollowedCommand {
  readonly #child: ChildProcess;
  #output = "";
  /** Its exit code and all that it wrote, both streams in the order of arrival. */
  readonly ended: Promise<{ code: number | null; output: string }>;

  constructor(words: string[], options: { cwd: string; env: Record<string, string> }) {
    const { cwd, env } = options;
    const child = spawn(process.execPath, [BIN, ...words], { cwd, env: { PATH: process.env.PATH, ...env } });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.#output += text;
        child.emit("output");
      });
    }
    this.#child = child;
    this.ended = once(child, "close").then(([code]) => ({ code: code as number | null, output: this.#output }));
  }

  /** Waits until what it wrote fits. Throws when it ends before that. */
  async until(pattern: RegExp): Promise<void> {
    const failed = this.ended.then(({ output }) =>
      Promise.reject(new Error(`it ended without ${pattern}:\n${output}`)),
    );
    while (!pattern.test(this.#output)) await Promise.race([once(this.#child, "output"), failed]);
    failed.catch(() => {});
  }

  interrupt(): void {
    this.#child.kill("SIGINT");
  }
}

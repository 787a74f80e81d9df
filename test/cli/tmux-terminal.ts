import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { BIN } from "../support/slipway-process.ts";

const execute = promisify(execFile);
const LOOK_EVERY_MS = 25;
/** What a person would wait for on a busy machine. */
const TIMEOUT_MS = 40_000;
const PROMPT = "ready> ";

export interface TerminalOptions {
  columns: number;
  cwd: string;
  env: Record<string, string>;
}

/** A terminal with a shell in it, in which `slipway` is a command, as a person has before them. */
export class TmuxTerminal {
  readonly #folder: string;
  readonly #socket: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#socket = join(folder, "tmux");
  }

  static async isInstalled(): Promise<boolean> {
    return execute("tmux", ["-V"]).then(
      () => true,
      () => false,
    );
  }

  static async open({ columns, cwd, env }: TerminalOptions): Promise<TmuxTerminal> {
    const terminal = new TmuxTerminal(await mkdtemp(join(tmpdir(), "slipway-terminal-")));
    const shell = `${process.execPath} ${BIN} "$@"`;
    const variables = Object.entries({ ...env, PS1: PROMPT, LANG: "C.UTF-8" }).map(
      ([name, value]) => `${name}=${value}`,
    );
    const start = ["-f", "/dev/null", "new-session", "-d", "-x", String(columns), "-y", "50", "-c", cwd];
    await terminal.#tmux(...start, "env", ...variables, "bash", "--norc", "--noprofile");
    await terminal.#tmux("pipe-pane", `cat >${join(terminal.#folder, "output")}`);
    await terminal.#type(`bind "set enable-bracketed-paste off"; slipway() { ${shell}; }; clear`);
    await terminal.until(() => terminal.screen(), new RegExp(`^${PROMPT.trimEnd()}$`));
    return terminal;
  }

  /** Types a command and does not wait for its end. */
  async start(command: string): Promise<void> {
    await this.#type(command);
  }

  /** Types a command, waits for its end, and returns its exit code and what it wrote, with colours and redrawing. */
  async run(command: string): Promise<{ code: number; output: string }> {
    const before = (await this.output()).length;
    await this.#type(`${command}; echo "exit code $?"`);
    const output = await this.until(async () => (await this.output()).slice(before), /exit code \d+\r?\n/);
    return {
      code: Number(/exit code (\d+)/.exec(output)?.[1]),
      output: output.slice(output.indexOf("\n") + 1, output.search(/exit code \d+\r?\n/)).replaceAll("\r\n", "\n"),
    };
  }

  /** Presses a key, such as `C-c`. */
  async press(key: string): Promise<void> {
    await this.#tmux("send-keys", key);
  }

  /** What a person sees, without colours and empty lines at the end. */
  async screen(): Promise<string> {
    const { stdout } = await this.#tmux("capture-pane", "-p");
    return stdout.trimEnd();
  }

  /** Everything that was ever written to it, as it was written. */
  async output(): Promise<string> {
    return readFile(join(this.#folder, "output"), "utf8").catch(() => "");
  }

  /** Waits until a text fits; fails with the text. */
  async until(look: () => Promise<string>, pattern: RegExp): Promise<string> {
    const deadlineMs = Date.now() + TIMEOUT_MS;
    for (;;) {
      const text = await look();
      if (pattern.test(text)) return text;
      if (Date.now() > deadlineMs) throw new Error(`waited in vain for ${pattern} in:\n${text}`);
      await pause(LOOK_EVERY_MS);
    }
  }

  async close(): Promise<void> {
    await this.#tmux("kill-server");
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #type(text: string): Promise<void> {
    await this.#tmux("send-keys", "-l", text);
    await this.#tmux("send-keys", "Enter");
  }

  #tmux(...words: string[]): Promise<{ stdout: string }> {
    return execute("tmux", ["-S", this.#socket, ...words]);
  }
}

import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answers } from "./answers.ts";
import type { Command, ConsoleBlock } from "./console-blocks.ts";
import { matchesOutput } from "./output-match.ts";
import { RunningCommand } from "./shell.ts";

/** Where pages say that the server answers. */
const DOCUMENTED_ADDRESS = /(127\.0\.0\.1|localhost):7000\b/g;
/** Commands that start the server and keep running, maybe with variables of their own in front. */
const SERVER_COMMAND = /^(\w+=\S+ )*(npm start|(npx )?slipway serve)\b/;
/** Between two attempts to connect to a server that starts. */
const CONNECT_PAUSE_MS = 50;
const COMMAND_TIMEOUT_MS = 120_000;

export interface SessionOptions {
  /** The project's folder. */
  root: string;
  /** Its top-level entries that appear in the session's folder, as in a clone. */
  entries: string[];
  /** Host and port on which the session's server answers in place of 127.0.0.1:7000. */
  address: string;
  /** What makes the server listen there. */
  environment: Record<string, string>;
}

/** One user at one terminal: a folder that looks like a clone, a shell whose variables last, a server of its own. */
export class Session {
  readonly #options: SessionOptions;
  readonly #base: string;
  #server: RunningCommand | undefined;

  private constructor(options: SessionOptions, base: string) {
    this.#options = options;
    this.#base = base;
  }

  static async open(options: SessionOptions): Promise<Session> {
    const base = await mkdtemp(join(tmpdir(), "slipway-docs-"));
    const project = join(base, "slipway");
    await mkdir(join(base, "home"));
    await mkdir(project);
    for (const entry of options.entries) await symlink(join(options.root, entry), join(project, entry));
    await writeFile(join(base, "state.sh"), "");
    return new Session(options, base);
  }

  /**
   * Runs the commands of a block in order. The server is started before the first command, unless that starts it. A
   * server command at the end of a block that exits with an error is one that refuses to start, and an ordinary command.
   *
   * @throws with the command, what the page shows and what came out, when they differ
   */
  async run(block: ConsoleBlock): Promise<void> {
    for (const [index, command] of block.commands.entries()) {
      const exitCode = index === block.commands.length - 1 ? block.exitCode : 0;
      const starts = SERVER_COMMAND.test(command.text) && exitCode === 0;
      if (starts && this.#server !== undefined) await this.#server.end();
      if (starts || this.#server === undefined)
        await this.#startServer(starts ? command : { text: "npm start", expected: [] });
      if (!starts) await this.#runCommand(command, exitCode);
    }
  }

  /** Ends the server and removes the folder. */
  async close(): Promise<void> {
    await this.#server?.end();
    await rm(this.#base, { recursive: true, force: true });
  }

  async #startServer(command: Command): Promise<void> {
    const server = this.#start(command.text);
    this.#server = server;
    const shown = await server.until(
      () => matchesOutput(command.expected, this.#documented(server.output)),
      COMMAND_TIMEOUT_MS,
    );
    if (!shown) throw this.#difference(command, server);
    while (!(await answers(this.#options.address))) {
      await server.until(() => false, CONNECT_PAUSE_MS);
      if (server.exitCode !== undefined) throw this.#difference(command, server);
    }
  }

  async #runCommand(command: Command, exitCode: number): Promise<void> {
    const running = this.#start(command.text.replace(DOCUMENTED_ADDRESS, this.#options.address));
    try {
      const interrupted = command.expected.at(-1)?.trim() === "^C";
      const expected = interrupted ? command.expected.slice(0, -1) : command.expected;
      const matches = () => matchesOutput(expected, this.#documented(running.output));
      if (interrupted) {
        if (!(await running.until(matches, COMMAND_TIMEOUT_MS))) throw this.#difference(command, running);
        running.signal("SIGINT");
      }
      const ended = await running.until(() => running.exitCode !== undefined, COMMAND_TIMEOUT_MS);
      if (!interrupted && (!ended || running.exitCode !== exitCode || !matches()))
        throw this.#difference(command, running);
    } finally {
      await running.end();
    }
  }

  /** Each command is a shell that begins with the folder and the variables which the last one left. */
  #start(text: string): RunningCommand {
    const { root, address, environment } = this.#options;
    const kept = Object.entries(process.env).filter(
      ([name]) => !/^(SLIPWAY_|npm_|FORCE_COLOR|NODE_OPTIONS)/.test(name),
    );
    const script = `set -a; . "$SESSION_STATE"; trap '{ export -p; printf "cd %q\\n" "$PWD"; } >"$SESSION_STATE"' EXIT\n${text}\n`;
    return new RunningCommand(script, join(this.#base, "slipway"), {
      ...Object.fromEntries(kept),
      HOME: join(this.#base, "home"),
      PATH: `${join(root, "node_modules/.bin")}:${process.env.PATH}`,
      TERM: "dumb",
      npm_config_update_notifier: "false",
      SLIPWAY_URL: `http://${address}`,
      ...environment,
      SESSION_STATE: join(this.#base, "state.sh"),
    });
  }

  /** Output as it would read on the documented port. */
  #documented(output: string): string {
    return output.replaceAll(this.#options.address, "127.0.0.1:7000");
  }

  #difference(command: Command, running: RunningCommand): Error {
    const ended = running.exitCode === undefined ? "it still runs" : `it ended with ${running.exitCode}`;
    const shown = command.expected.map((line) => `  ${line}`).join("\n");
    const actual = this.#documented(running.output).trimEnd().replace(/^/gm, "  ");
    return new Error(`$ ${command.text}\n${ended}\nthe page shows:\n${shown}\nit wrote:\n${actual}`);
  }
}

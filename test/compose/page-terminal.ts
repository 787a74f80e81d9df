import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConsoleBlock } from "../docs/console-blocks.ts";
import { matchesOutput } from "../docs/output-match.ts";
import { RunningCommand } from "../docs/shell.ts";
import { type ComposeProject, ROOT } from "./compose-project.ts";

const COMMAND_TIMEOUT_MS = 300_000;

/** Runs the examples of docs/compose.md as one user at one terminal, with a project in place of the documented one. */
export class PageTerminal {
  readonly #project: ComposeProject;
  readonly #base: string;

  private constructor(project: ComposeProject, base: string) {
    this.#project = project;
    this.#base = base;
  }

  static async open(project: ComposeProject): Promise<PageTerminal> {
    const base = await mkdtemp(join(tmpdir(), "slipway-compose-page-"));
    await mkdir(join(base, "clone"));
    for (const entry of ["package.json", "node_modules", "examples"]) {
      await symlink(join(ROOT, entry), join(base, "clone", entry));
    }
    await writeFile(join(base, "state.sh"), "");
    return new PageTerminal(project, base);
  }

  /** @throws with the command, what the page shows and what came out, when they differ */
  async run(block: ConsoleBlock): Promise<void> {
    for (const { text, expected } of block.commands) {
      const command = this.#start(this.#own(text));
      await command.until(() => command.exitCode !== undefined, COMMAND_TIMEOUT_MS);
      const { exitCode, output } = command;
      await command.end();
      if (
        exitCode === block.exitCode &&
        matchesOutput(
          expected.map((line) => this.#own(line)),
          output,
        )
      )
        continue;
      throw new Error(
        `$ ${text}\nended with ${exitCode}\nthe page shows:\n${expected.join("\n")}\nit wrote:\n${output}`,
      );
    }
  }

  async close(): Promise<void> {
    await rm(this.#base, { recursive: true, force: true });
  }

  /** What the page says, with this project's names and ports. */
  #own(text: string): string {
    const { name, ports, environment } = this.#project;
    if (text.startsWith("docker compose exec")) return text;
    return text
      .replaceAll("127.0.0.1:7001", `127.0.0.1:${ports.metadata}`)
      .replaceAll("127.0.0.1:7000:", "127.0.0.1:0:")
      .replaceAll("slipway:local", environment.SLIPWAY_IMAGE as string)
      .replace(/(--name |--volume |docker exec |--force |volume rm |^)slipway(?=[: ]|$)/g, `$1${name}-alone`);
  }

  /** Each command is a shell that begins with the variables which the last one left. */
  #start(text: string): RunningCommand {
    const script = `set -a; . "$SESSION_STATE"; trap 'export -p >"$SESSION_STATE"' EXIT\n${text}\n`;
    return new RunningCommand(script, join(this.#base, "clone"), {
      ...this.#project.environment,
      PATH: `${join(ROOT, "node_modules/.bin")}:${process.env.PATH}`,
      SLIPWAY_HOME: join(this.#base, "home"),
      npm_config_update_notifier: "false",
      npm_config_userconfig: "/dev/null",
      TERM: "dumb",
      SESSION_STATE: join(this.#base, "state.sh"),
    });
  }
}

import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { type Connection, connect } from "@slipway/client";
import { readClientConfiguration } from "@slipway/runtime";
import { type Command, Option } from "commander";
import { EXIT, exitCodeOf } from "./exit-code.ts";
import { reportError } from "./report-error.ts";
import { formatFields, formatTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** What an action works with. */
export interface Session {
  terminal: Terminal;
  connection: Connection;
  /** What the client remembers between commands. */
  stateFolder: string;
  /** `-o json` was given: write one JSON document (or, for watches, one a line) and nothing else to standard output. */
  json: boolean;
  /** From now on ctrl-C says this. */
  sayAfterInterrupt(text: string): void;
  print(text: string): void;
  printJson(value: unknown): void;
  printTable(head: readonly string[], rows: readonly (readonly string[])[]): void;
  printFields(fields: readonly (readonly [string, string])[]): void;
}

/** Sets the process's exit code; injected for tests. */
type SetExitCode = (code: number) => void;

export interface ProgramContext {
  terminal: Terminal;
  setExitCode: SetExitCode;
}

/** What a command says after ctrl-C. */
export const AFTER_INTERRUPT = {
  /** For what changes nothing, or may have changed something: look. */
  stopped: "Interrupted.",
  /** For transfers. */
  resumes: "Interrupted. Run the same command again to go on where it was.",
  /** For what runs until ctrl-C. */
  silent: "",
} as const;

/** Adds what every command that talks to a server has, and runs its action with a session. */
export function withSession<Arguments extends unknown[]>(
  context: ProgramContext,
  command: Command,
  action: (session: Session, ...values: Arguments) => Promise<number | undefined>,
  afterInterrupt: string = AFTER_INTERRUPT.stopped,
): void {
  command
    .addOption(new Option("-o, --output <format>", "how to answer").choices(["text", "json"]).default("text"))
    .option("--url <url>", "address of the server (default: SLIPWAY_URL, or http://127.0.0.1:7000)")
    .action(async (...values: unknown[]) => {
      const { terminal } = context;
      const options = command.opts<{ output: string; url?: string }>();
      const json = options.output === "json";
      let farewell = afterInterrupt;
      const sayAfterInterrupt = (text: string): void => {
        farewell = text;
      };
      let connection: Connection | undefined;
      try {
        const environment = options.url === undefined ? terminal.env : { ...terminal.env, SLIPWAY_URL: options.url };
        const { url, key, stateFolder, tls, allowPlaintext } = readClientConfiguration(environment, homedir());
        const texts = Object.entries(tls).map(([name, path]) => [name, readFileSync(path, "utf8")]);
        connection = connect({ url, key, tls: Object.fromEntries(texts), allowPlaintext });
        // Commander appends the options and the command itself to the arguments.
        const given = values.slice(0, -1) as Arguments;
        context.setExitCode(
          (await action({ ...sessionOf(terminal, connection, stateFolder, json), sayAfterInterrupt }, ...given)) ??
            EXIT.OK,
        );
      } catch (error) {
        if (terminal.signal.aborted) {
          // The terminal shows ^C in the line that it interrupts.
          if (terminal.stderr.isTTY === true) terminal.stderr.write("\n");
          if (farewell !== "") terminal.stderr.write(`${farewell}\n`);
          context.setExitCode(EXIT.INTERRUPTED);
        } else {
          reportError(terminal, error, json);
          context.setExitCode(exitCodeOf(error));
        }
      } finally {
        connection?.close();
      }
    });
}

function sessionOf(
  terminal: Terminal,
  connection: Connection,
  stateFolder: string,
  json: boolean,
): Omit<Session, "sayAfterInterrupt"> {
  const print = (text: string): void => {
    terminal.stdout.write(text);
  };
  return {
    terminal,
    connection,
    stateFolder,
    json,
    print,
    printJson: (value) => print(`${JSON.stringify(value, null, 2)}\n`),
    printTable: (head, rows) => print(formatTable(terminal, head, rows)),
    printFields: (fields) => print(formatFields(terminal, fields)),
  };
}

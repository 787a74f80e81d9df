import { type Command, CommanderError } from "commander";
import type { ProgramContext } from "./command.ts";
import { EXIT } from "./exit-code.ts";

/**
 * Reads the command line (without node and script) and runs its command. What is wrong with it has been printed when
 * commander throws, as have help and version.
 */
export async function runProgram(
  program: Command,
  { setExitCode }: Pick<ProgramContext, "setExitCode">,
  words: readonly string[],
): Promise<void> {
  try {
    await program.parseAsync(words, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    setExitCode(error.exitCode === 0 ? EXIT.OK : EXIT.USAGE);
  }
}

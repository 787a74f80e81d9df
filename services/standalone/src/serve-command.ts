import { EXIT, type ProgramContext } from "@slipway/cli";
import { ConfigurationError } from "@slipway/runtime";
import type { Command } from "commander";
import { FolderInUse } from "./folder-lock.ts";

/** Adds `slipway serve`. What it needs is loaded when it runs, so that the other commands start fast. */
export function addServe(program: Command, { terminal, setExitCode }: ProgramContext): void {
  program
    .command("serve")
    .description("run all services in this process, on embedded storage (docs/configuration.md)")
    .action(async () => {
      try {
        const { serve } = await import("./serve.ts");
        await serve({ terminal });
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code;
        const expected = error instanceof ConfigurationError || error instanceof FolderInUse || code === "EADDRINUSE";
        if (!expected) throw error;
        terminal.stderr.write(`error: ${(error as Error).message}\n`);
        setExitCode(EXIT.FAILED);
      }
    });
}

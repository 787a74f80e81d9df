import { EXIT, type ProgramContext, reportError } from "@slipway/cli";
import type { Command } from "commander";
import { startProblemOf } from "./start-problem.ts";

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
        const problem = startProblemOf(error);
        if (problem === undefined) throw error;
        reportError(terminal, problem);
        setExitCode(EXIT.FAILED);
      }
    });
}

import { EXIT, type ProgramContext, reportError } from "@slipway/cli";
import { SERVICE_NAMES, type ServiceName } from "@slipway/runtime";
import { Argument, type Command } from "commander";

/** The programs of the services that run alone: each serves as soon as it is loaded, and ends the process. */
const ALONE: Readonly<Record<ServiceName, () => Promise<unknown>>> = {
  metadata: () => import("@slipway/metadata/main"),
  artifact: () => import("@slipway/artifact/main"),
  workflow: () => import("@slipway/workflow/main"),
};

/** Adds `slipway serve`. What it needs is loaded when it runs, so that the other commands start fast. */
export function addServe(program: Command, { terminal, setExitCode }: ProgramContext): void {
  program
    .command("serve")
    .description("run all services in this process, or one of them alone (docs/operations.md)")
    .addArgument(new Argument("[service]", "run only this one").choices(SERVICE_NAMES))
    .action(async (service: ServiceName | undefined) => {
      if (service !== undefined) {
        await ALONE[service]();
        return;
      }
      const { startProblemOf } = await import("@slipway/hosting");
      try {
        const { serve } = await import("./serve.ts");
        await serve({ terminal });
        // Everything was closed: what still holds the process has been forgotten and must not keep it.
        process.exit(EXIT.OK);
      } catch (error) {
        const problem = startProblemOf(error);
        if (problem === undefined) throw error;
        reportError(terminal, problem);
        setExitCode(EXIT.FAILED);
      }
    });
}

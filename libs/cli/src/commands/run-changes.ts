import { type JsonObject, toJson } from "@bufbuild/protobuf";
import { type Run, RunSchema, RunState } from "@slipway/gen/slipway/workflow/v1/run_pb.js";
import type { Command } from "commander";
import { type ProgramContext, type Session, withSession } from "../command.ts";
import { versionNamed } from "../named-version.ts";
import { UsageError } from "../usage-error.ts";
import { runId, runName } from "./run-name.ts";

/** `runs start`, `runs cancel` and `runs retry`. */
export function addRunChanges(runs: Command, context: ProgramContext): void {
  const start = runs
    .command("start <workflow>")
    .description("start a run by hand")
    .option("--subject <version>", "what it is about: iris@1.2.0, iris@latest, iris@production")
    .option("--input <json>", "an object that its steps get");
  withSession(context, start, async (session, workflow: string, flags: { subject?: string; input?: string }) => {
    const input = inputOf(flags.input);
    const subject = flags.subject === undefined ? "" : await versionNamed(session, flags.subject);
    const name = `workflows/${workflow.replace(/^workflows\//, "")}`;
    const request = { workflow: name, subject, ...(input && { input }) };
    const { run } = await session.connection.runs.startRun(request, { signal: session.terminal.signal });
    return tell(session, run, "started");
  });

  const cancel = runs
    .command("cancel <run>")
    .description("end a run that has not ended")
    .option("--reason <text>", "kept as the run's message");
  withSession(context, cancel, async (session, name: string, { reason = "" }: { reason?: string }) => {
    const request = { name: runName(name), reason };
    const { run } = await session.connection.runs.cancelRun(request, { signal: session.terminal.signal });
    return tell(session, run, "cancelled");
  });

  const retry = runs
    .command("retry <run>")
    .description("start a failed or cancelled run again, as a new run without the steps that succeeded");
  withSession(context, retry, async (session, name: string) => {
    const request = { name: runName(name) };
    const { run } = await session.connection.runs.retryRun(request, { signal: session.terminal.signal });
    return tell(session, run, "started");
  });
}

function inputOf(text: string | undefined): JsonObject | undefined {
  if (text === undefined) return undefined;
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`--input is not JSON: ${(error as Error).message}.`);
  }
  if (typeof input === "object" && input !== null && !Array.isArray(input)) return input as JsonObject;
  throw new UsageError(`--input ${text} is not an object. Write it as '{"key": "value"}'.`);
}

function tell(session: Session, run: Run | undefined, what: "started" | "cancelled"): undefined {
  if (run === undefined) return undefined;
  if (session.json) session.printJson(toJson(RunSchema, run));
  else if (what === "cancelled") session.print(`${runId(run)} is ${RunState[run.state]}.\n`);
  else session.print(`${runId(run)} is ${RunState[run.state]}. Follow it with:\n  slipway runs watch ${runId(run)}\n`);
  return undefined;
}

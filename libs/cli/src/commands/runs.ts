import { toJson } from "@bufbuild/protobuf";
import { type Run, RunSchema, RunState, StepState } from "@slipway/gen/slipway/workflow/v1/run_pb.js";
import { printable } from "@slipway/runtime";
import type { Command } from "commander";
import { AFTER_INTERRUPT, type ProgramContext, type Session, withSession } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { formatTime } from "../format-time.ts";
import { listCommand } from "../list-command.ts";
import { paint } from "../terminal.ts";
import { addRunChanges } from "./run-changes.ts";
import { runId, runName } from "./run-name.ts";

export function addRuns(program: Command, context: ProgramContext): void {
  const runs = program.command("runs").description("start, follow, cancel and retry runs of workflows");

  const list = runs
    .command("list")
    .description("list runs, newest first")
    .option("--filter <filter>", "such as: workflow = admission AND state = FAILED");
  listCommand(context, list, {
    plural: "runs",
    schema: RunSchema,
    head: ["RUN", "WORKFLOW", "STATE", "SUBJECT", "CREATED"],
    row: (run) => [
      runId(run),
      run.workflow.replace(/^workflows\//, ""),
      RunState[run.state],
      run.subject.replace(/^tenants\/[^/]+\//, ""),
      formatTime(run.createTime),
    ],
    async read(connection, page, flags: { filter?: string }, options) {
      const found = await connection.runs.listRuns({ ...page, filter: flags.filter ?? "" }, options);
      return { items: found.runs, nextPageToken: found.nextPageToken };
    },
  });

  withSession(context, runs.command("show <run>").description("show a run"), async (session, name: string) => {
    const request = { name: runName(name) };
    const { run } = await session.connection.runs.getRun(request, { signal: session.terminal.signal });
    if (run === undefined) return undefined;
    if (session.json) session.printJson(toJson(RunSchema, run));
    else printRun(session, run);
    return undefined;
  });

  const watch = runs.command("watch <run>").description("show a run after every change, until it ends");
  const follow = async (session: Session, name: string) => {
    const request = { name: runName(name) };
    let last: Run | undefined;
    for await (const { run } of session.connection.runs.watchRun(request, { signal: session.terminal.signal })) {
      if (run === undefined) continue;
      if (session.json) session.print(`${JSON.stringify(toJson(RunSchema, run))}\n`);
      else printChanges(session, run, last);
      last = run;
    }
    return last?.state === RunState.SUCCEEDED ? EXIT.OK : EXIT.FAILED;
  };
  withSession(context, watch, follow, AFTER_INTERRUPT.silent);

  addRunChanges(runs, context);
}

function printRun(session: Session, run: Run): void {
  session.printFields([
    ["run", runId(run)],
    ["workflow", run.workflow.replace(/^workflows\//, "")],
    ["state", RunState[run.state]],
    ["subject", run.subject],
    ["by", run.creator],
    ["created", formatTime(run.createTime)],
    ["finished", formatTime(run.finishTime)],
    ["message", run.message],
  ]);
  session.printTable(
    ["STEP", "STATE", "ATTEMPT", "MESSAGE"],
    run.steps.map((step) => [step.id, StepState[step.state], String(step.attempt), step.message]),
  );
}

function printChanges(session: Session, run: Run, last: Run | undefined): void {
  const { terminal } = session;
  for (const [index, step] of run.steps.entries()) {
    const before = last?.steps[index];
    if (before?.state === step.state && before.attempt === step.attempt) continue;
    const again = step.attempt > 1 ? ` (attempt ${step.attempt})` : "";
    const message = step.message === "" ? "" : `: ${printable(step.message)}`;
    session.print(
      `${paint(terminal, terminal.stdout, "bold", step.id)} ${StepState[step.state].toLowerCase()}${again}${message}\n`,
    );
  }
  if (run.state !== last?.state) {
    const colour = run.state === RunState.SUCCEEDED ? "green" : run.state === RunState.FAILED ? "red" : "dim";
    session.print(`run ${paint(terminal, terminal.stdout, colour, RunState[run.state].toLowerCase())}\n`);
  }
}

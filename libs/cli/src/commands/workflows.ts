import { readFile } from "node:fs/promises";
import { fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import { ClientError } from "@slipway/client";
import { type Workflow, WorkflowSchema } from "@slipway/gen/slipway/workflow/v1/workflow_pb.js";
import type { Command } from "commander";
import { parse } from "yaml";
import { type ProgramContext, withSession } from "../command.ts";
import { formatTime } from "../format-time.ts";
import { listCommand } from "../list-command.ts";

export function addWorkflows(program: Command, context: ProgramContext): void {
  const workflow = program.command("workflow").description("apply, list and show workflow definitions");

  const apply = workflow
    .command("apply <file>")
    .description("create or change the definition in a YAML or JSON file (docs/workflows.md)")
    .option("--dry-run", "only say whether it is valid");
  withSession(context, apply, async (session, file: string, flags: { dryRun?: boolean }) => {
    const definition = await readDefinition(file);
    const { workflows } = session.connection;
    const options = { signal: session.terminal.signal };
    if (flags.dryRun === true) {
      await workflows.validateWorkflow({ workflow: definition }, options);
      if (session.json) session.printJson({ valid: true });
      else session.print(`${file} is valid.\n`);
      return undefined;
    }
    const { workflow: applied, changed } = await workflows.applyWorkflow({ workflow: definition }, options);
    if (applied === undefined) return undefined;
    if (session.json) session.printJson({ workflow: toJson(WorkflowSchema, applied), changed });
    else session.print(`${applied.name} ${changed ? "applied" : "is unchanged"}, revision ${applied.revision}\n`);
    return undefined;
  });

  const list = workflow.command("list").description("list definitions");
  listCommand(context, list, {
    plural: "workflows",
    schema: WorkflowSchema,
    head: ["WORKFLOW", "STARTS ON", "STEPS", "REVISION", "UPDATED"],
    row: (item) => [
      item.name.replace(/^workflows\//, "") + (item.system ? " (built in)" : ""),
      item.triggers.map(({ eventType }) => eventType).join(" ") || "by hand",
      item.steps.map(({ id }) => id).join(" → "),
      String(item.revision),
      formatTime(item.updateTime),
    ],
    async read({ workflows }, page, _flags, options) {
      const found = await workflows.listWorkflows(page, options);
      return { items: found.workflows, nextPageToken: found.nextPageToken };
    },
  });

  const show = workflow.command("show <workflow>").description("show a definition");
  withSession(context, show, async (session, name: string) => {
    const request = { name: `workflows/${name}` };
    const { workflow: found } = await session.connection.workflows.getWorkflow(request, {
      signal: session.terminal.signal,
    });
    if (found !== undefined) session.printJson(toJson(WorkflowSchema, found));
    return undefined;
  });
}

async function readDefinition(file: string): Promise<Workflow> {
  let content: JsonValue;
  try {
    content = parse(await readFile(file, "utf8")) as JsonValue;
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const problem = missing ? "does not exist" : `cannot be read: ${(error as Error).message}`;
    throw new ClientError(`${file} ${problem}`, { cause: error });
  }
  try {
    return fromJson(WorkflowSchema, content);
  } catch (error) {
    throw new ClientError(`${file} is not a workflow: ${(error as Error).message}. See docs/workflows.md.`, {
      cause: error,
    });
  }
}

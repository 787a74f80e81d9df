import { toJson } from "@bufbuild/protobuf";
import { WorkflowSchema } from "@slipway/gen/slipway/workflow/v1/workflow_pb.js";
import type { Command } from "commander";
import { type ProgramContext, withSession } from "../command.ts";
import { formatTime } from "../format-time.ts";
import { listCommand } from "../list-command.ts";
import { readYamlFile } from "../yaml-file.ts";

export function addWorkflows(program: Command, context: ProgramContext): void {
  const workflow = program.command("workflow").description("apply, list and show workflow definitions");

  const apply = workflow
    .command("apply <file>")
    .description("create or change the definition in a YAML or JSON file (docs/workflows.md)")
    .option("--dry-run", "only say whether it is valid");
  withSession(context, apply, async (session, file: string, flags: { dryRun?: boolean }) => {
    const definition = await readYamlFile(file, WorkflowSchema, { words: "a workflow", page: "docs/workflows.md" });
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

import { type DescMethod, type DescService, getOption } from "@bufbuild/protobuf";
import { createProgram } from "@slipway/cli";
import { RULES } from "@slipway/formats";
import { AccessService } from "@slipway/gen/slipway/access/v1/access_service_pb.js";
import { Role, rule } from "@slipway/gen/slipway/access/v1/rule_pb.js";
import { ArtifactService } from "@slipway/gen/slipway/artifact/v1/artifact_service_pb.js";
import { EventService as ArtifactEventService } from "@slipway/gen/slipway/artifact/v1/event_service_pb.js";
import { ReferenceService } from "@slipway/gen/slipway/artifact/v1/reference_service_pb.js";
import { UploadService } from "@slipway/gen/slipway/artifact/v1/upload_service_pb.js";
import { EvaluationService } from "@slipway/gen/slipway/metadata/v1/evaluation_service_pb.js";
import { EventService as MetadataEventService } from "@slipway/gen/slipway/metadata/v1/event_service_pb.js";
import { LineageService } from "@slipway/gen/slipway/metadata/v1/lineage_service_pb.js";
import { ModelService } from "@slipway/gen/slipway/metadata/v1/model_service_pb.js";
import { ReviewService } from "@slipway/gen/slipway/metadata/v1/review_service_pb.js";
import { StageService } from "@slipway/gen/slipway/metadata/v1/stage_service_pb.js";
import { VersionService } from "@slipway/gen/slipway/metadata/v1/version_service_pb.js";

import { EventService as WorkflowEventService } from "@slipway/gen/slipway/workflow/v1/event_service_pb.js";
import { RunService } from "@slipway/gen/slipway/workflow/v1/run_service_pb.js";
import { WorkflowService } from "@slipway/gen/slipway/workflow/v1/workflow_service_pb.js";
import { renderReasons } from "@slipway/rpc";
import { CLIENT_PARTS } from "../clients/docs-parts.ts";

type Command = ReturnType<typeof createProgram>;

/** Every service of the contract, in the order of the pages. */
const SERVICES: readonly DescService[] = [
  ModelService,
  VersionService,
  StageService,
  LineageService,
  EvaluationService,
  ReviewService,
  MetadataEventService,
  AccessService,
  UploadService,
  ArtifactService,
  ReferenceService,
  ArtifactEventService,
  WorkflowService,
  RunService,
  WorkflowEventService,
];

/** The parts of pages that follow from the code, by the name in their marks. */
export const GENERATED_PARTS: Readonly<Record<string, () => string>> = {
  reasons: renderReasons,
  rules: renderRules,
  methods: renderMethods,
  commands: renderCommands,
  ...CLIENT_PARTS,
};

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line), ""].join("\n");
}

/** A table cell must not hold a bar, and text between angle brackets would pass as HTML. */
function cell(text: string): string {
  return text.replace(/[|<>]/g, (character) => `\\${character}`);
}

function renderRules(): string {
  const rows = Object.entries(RULES).map(([id, { severity, advice }]) => [`\`${id}\``, severity, cell(advice)]);
  return table(["Rule", "Severity", "What to do"], rows);
}

function renderMethods(): string {
  return SERVICES.map((service) => {
    const rows = service.methods.map((method) => [method.name, kindOf(method), whoMayCall(method)]);
    return `### ${service.typeName}\n\n${table(["Method", "Kind", "Who may call it"], rows)}`;
  }).join("\n");
}

function kindOf({ methodKind }: DescMethod): string {
  return methodKind === "unary" ? "unary" : methodKind.replace("_streaming", " stream");
}

function whoMayCall(method: DescMethod): string {
  const { servicesOnly, platformAdministratorsOnly, minimumRole } = getOption(method, rule);
  if (servicesOnly) return "Slipway's own services";
  if (platformAdministratorsOnly) return "the platform administrator";
  if (minimumRole === Role.UNSPECIFIED) return "everybody with a key";
  return minimumRole === Role.ADMIN ? "admin" : `${Role[minimumRole].toLowerCase()} and above`;
}

/** The commands as they stand in the program; `serve` is part of the server and described by hand. */
function renderCommands(): string {
  const nowhere = { write: () => true };
  const terminal = { stdout: nowhere, stderr: nowhere, env: {}, signal: new AbortController().signal };
  return createProgram({ terminal, setExitCode: () => {} })
    .commands.flatMap((command) => describeCommand(command, "slipway"))
    .join("\n");
}

function describeCommand(command: Command, parents: string): string[] {
  const path = `${parents} ${command.name()}`;
  if (command.commands.length > 0) return command.commands.flatMap((inner) => describeCommand(inner, path));
  const names = command.registeredArguments.map((argument) =>
    argument.required ? ` <${argument.name()}>` : ` [${argument.name()}]`,
  );
  const options = command.options.filter(({ long }) => long !== "--output" && long !== "--url");
  const rows = options.map(({ flags, description, mandatory, defaultValue }) => [
    `\`${flags}\``,
    cell(description + (mandatory ? " (required)" : defaultText(defaultValue))),
  ]);
  const head = `### \`${path}${names.join("")}\`\n\n${sentence(cell(command.description()))}\n`;
  return [rows.length === 0 ? head : `${head}\n${table(["Option", "Meaning"], rows)}`];
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

function defaultText(value: unknown): string {
  return typeof value === "string" ? ` (default: ${value})` : "";
}

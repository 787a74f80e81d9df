import { toJson } from "@bufbuild/protobuf";
import { parseReference } from "@slipway/client";
import type { Field } from "@slipway/gen/slipway/artifact/v1/signature_pb.js";
import { type Version, VersionSchema, VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import type { Command } from "commander";
import { type ProgramContext, type Session, withSession } from "../command.ts";
import { formatMetrics } from "../evaluation/print-evaluation.ts";
import { formatBytes, formatCount } from "../format.ts";
import { formatTime } from "../format-time.ts";
import { listCommand } from "../list-command.ts";
import { printFindings } from "../print-findings.ts";
import { modelResource, shortName } from "../version-name.ts";
import { addVersionsDiff } from "./versions-diff.ts";
import { addVersionsEdit } from "./versions-edit.ts";
import { addVersionsWithdraw } from "./versions-withdraw.ts";

export function addVersions(program: Command, context: ProgramContext): void {
  const versions = program.command("versions").description("list, show, compare, edit and withdraw versions");

  const list = versions
    .command("list [model]")
    .description("list the versions of a model, or of all models")
    .option("--filter <filter>", 'such as: state = PUBLISHED AND tags.env = "prod"')
    .option("--order-by <field>", "create_time, number, author, stage, size_bytes, metrics.f1 …; ' desc' behind it")
    .option("--deleted", "list deleted versions too");
  listCommand(context, list, {
    plural: "versions",
    schema: VersionSchema,
    head: ["VERSION", "STATE", "STAGE", "SIZE", "FORMATS", "CREATED", "BY"],
    row: (version) => [
      shortName(version),
      VersionState[version.state] + (version.deleteTime ? " (deleted)" : ""),
      version.stage,
      formatBytes(Number(version.sizeBytes)),
      version.summary?.formats.join(" ") ?? "",
      formatTime(version.createTime),
      version.author || version.creator,
    ],
    async read(
      { versions: service },
      page,
      flags: { filter?: string; orderBy?: string; deleted?: boolean },
      options,
      model: string | undefined,
    ) {
      const { filter = "", orderBy = "", deleted = false } = flags;
      const request = { ...page, parent: modelResource(model ?? "-"), filter, orderBy, showDeleted: deleted };
      const found = await service.listVersions(request, options);
      return { items: found.versions, nextPageToken: found.nextPageToken };
    },
  });

  const show = versions
    .command("show <reference>")
    .description("show a version: iris@1.2.0, iris@latest, iris@production");
  withSession(context, show, async (session, reference: string) => {
    const { parent, selector } = parseReference(reference);
    const request = { model: parent, selector };
    const { version } = await session.connection.versions.resolveVersion(request, { signal: session.terminal.signal });
    if (version === undefined) return undefined;
    if (session.json) session.printJson(toJson(VersionSchema, version));
    else printVersion(session, version);
    return undefined;
  });

  addVersionsDiff(versions, context);
  addVersionsEdit(versions, context);
  addVersionsWithdraw(versions, context);
}

function printVersion(session: Session, version: Version): void {
  const { summary, signature } = version;
  session.printFields([
    ["version", shortName(version)],
    ["uid", version.uid],
    ["state", VersionState[version.state]],
    ["stage", version.stage],
    ["artifact", version.artifact.replace(/^artifacts\//, "")],
    ["url", version.url],
    ["size", `${formatBytes(Number(version.sizeBytes))} in ${formatCount(version.fileCount, "file")}`],
    ["formats", summary?.formats.join(" ") ?? ""],
    ["framework", summary?.framework ?? ""],
    ["parameters", summary?.parameterCount === undefined ? "" : String(summary.parameterCount)],
    ["licence", summary?.licence ?? ""],
    ["inputs", signature?.inputs.map(describeField).join(", ") ?? ""],
    ["outputs", signature?.outputs.map(describeField).join(", ") ?? ""],
    ["metrics", formatMetrics(version.metrics).join("\n")],
    ["labels", version.labels.join(" ")],
    [
      "tags",
      Object.entries(version.tags)
        .map(([key, value]) => `${key}=${value}`)
        .join(" "),
    ],
    ["author", version.author],
    ["creator", version.creator],
    ["created", formatTime(version.createTime)],
    ["published", formatTime(version.publishTime)],
    ["deleted", formatTime(version.deleteTime)],
    ["description", version.description],
  ]);
  printFindings(session, version);
}

function describeField({ name, dtype, shape, hasShape, optional }: Field): string {
  const sizes = shape.map(({ size, symbol }) => (size >= 0n ? String(size) : symbol || "?"));
  return `${name}: ${dtype}${hasShape ? `[${sizes.join(", ")}]` : ""}${optional ? " (optional)" : ""}`;
}

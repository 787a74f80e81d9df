import { toJson } from "@bufbuild/protobuf";
import {
  FileChange,
  type FileComparison,
  type FileDifference,
  type SignatureComparison,
  type VersionComparison,
  VersionComparisonSchema,
} from "@slipway/gen/slipway/metadata/v1/version_comparison_pb.js";
import { Bump, VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { printable } from "@slipway/runtime";
import type { Command } from "commander";
import { type ProgramContext, type Session, withSession } from "../command.ts";
import { formatBytes } from "../format.ts";
import { formatTime } from "../format-time.ts";
import { versionNamed } from "../named-version.ts";
import { paint } from "../terminal.ts";
import { shortName } from "../version-name.ts";

/** `versions diff`. */
export function addVersionsDiff(versions: Command, context: ProgramContext): void {
  const diff = versions
    .command("diff <first> <second>")
    .description("put two versions side by side: iris@1.0.0 iris@2.0.0, iris@production iris@latest");
  withSession(context, diff, async (session, one: string, other: string) => {
    const [first, second] = [await versionNamed(session, one), await versionNamed(session, other)];
    const options = { signal: session.terminal.signal };
    const { comparison } = await session.connection.versions.compareVersions({ first, second }, options);
    if (comparison === undefined) return undefined;
    if (session.json) session.printJson(toJson(VersionComparisonSchema, comparison));
    else printComparison(session, comparison);
    return undefined;
  });
}

function printComparison(session: Session, comparison: VersionComparison): void {
  const { first, second, signature, metrics, files, tags, labels } = comparison;
  if (first === undefined || second === undefined) return;
  const head = [shortName(first), shortName(second)] as const;
  session.printTable(
    ["", ...head],
    [
      ["state", VersionState[first.state], VersionState[second.state]],
      ["stage", first.stage, second.stage],
      ["size", formatBytes(Number(first.sizeBytes)), formatBytes(Number(second.sizeBytes))],
      ["formats", first.formats.join(" "), second.formats.join(" ")],
      ["framework", first.framework, second.framework],
      ["by", first.author || first.creator, second.author || second.creator],
      ["created", formatTime(first.createTime), formatTime(second.createTime)],
    ],
  );
  if (signature !== undefined) printSignature(session, signature);
  if (metrics.length > 0) {
    const rows = metrics.map((metric) => [
      metric.name,
      numberText(metric.first),
      numberText(metric.second),
      metric.difference === undefined ? "" : `${metric.difference > 0 ? "+" : ""}${numberText(metric.difference)}`,
    ]);
    title(session, "metrics", "");
    session.printTable(["NAME", ...head, "DIFFERENCE"], rows);
  }
  if (files !== undefined) printFiles(session, files);
  const changedTags = tags.filter((tag) => tag.first !== tag.second);
  if (changedTags.length > 0) {
    title(session, "tags", "");
    session.printTable(
      ["KEY", ...head],
      changedTags.map(({ key, first: before, second: after }) => [key, before ?? "-", after ?? "-"]),
    );
  }
  const { firstOnly = [], secondOnly = [] } = labels ?? {};
  if (firstOnly.length + secondOnly.length > 0) {
    title(session, "labels", "");
    for (const label of firstOnly) line(session, "-", label, "");
    for (const label of secondOnly) line(session, "+", label, "");
  }
}

function printSignature(session: Session, { summary, requiredBump, differences, omittedCount }: SignatureComparison) {
  const asked = differences.length === 0 ? "" : ` The second needs a ${Bump[requiredBump]} number after the first.`;
  title(session, "signature", summary + asked);
  for (const { path, description, bump } of differences) line(session, "~", path, `${description} (${Bump[bump]})`);
  more(session, omittedCount);
}

function printFiles(session: Session, files: FileComparison): void {
  const counts: [number, string][] = [
    [files.addedCount, "added"],
    [files.removedCount, "removed"],
    [files.changedCount, "changed"],
    [files.unchangedCount, "unchanged"],
  ];
  const told = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  title(session, "files", told.join(", "));
  const different = files.files.filter(({ change }) => change !== FileChange.UNCHANGED);
  for (const file of different) line(session, SIGNS[file.change], file.path, sizes(file));
  more(session, files.addedCount + files.removedCount + files.changedCount - different.length);
}

const SIGNS: Record<FileChange, string> = {
  [FileChange.ADDED]: "+",
  [FileChange.REMOVED]: "-",
  [FileChange.CHANGED]: "~",
  [FileChange.UNCHANGED]: " ",
  [FileChange.UNSPECIFIED]: "?",
};

function sizes({ change, firstSizeBytes, secondSizeBytes }: FileDifference): string {
  const [before, after] = [formatBytes(Number(firstSizeBytes)), formatBytes(Number(secondSizeBytes))];
  if (change === FileChange.ADDED) return after;
  return change === FileChange.REMOVED || before === after ? before : `${before} → ${after}`;
}

function title(session: Session, name: string, text: string): void {
  const { terminal } = session;
  session.print(`\n${`${paint(terminal, terminal.stdout, "bold", name)}  ${text}`.trimEnd()}\n`);
}

function line({ terminal, print }: Session, sign: string, name: string, text: string): void {
  const colour = sign === "+" ? "green" : sign === "-" ? "red" : "yellow";
  const words = `${printable(name)}  ${printable(text)}`.trimEnd();
  print(`  ${paint(terminal, terminal.stdout, colour, sign)} ${words}\n`);
}

function more(session: Session, count: number): void {
  if (count > 0) session.print(`  and ${count} more\n`);
}

/** Six digits tell metrics apart; the rest is in `-o json`. */
function numberText(value: number | undefined): string {
  return value === undefined ? "-" : String(Number(value.toPrecision(6)));
}

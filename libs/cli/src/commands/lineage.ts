import { toJson } from "@bufbuild/protobuf";
import { type Lineage, type LineageNode, LineageSchema } from "@slipway/gen/slipway/metadata/v1/lineage_pb.js";
import { LineageDirection } from "@slipway/gen/slipway/metadata/v1/lineage_service_pb.js";
import { VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { printable } from "@slipway/runtime";
import type { Command } from "commander";
import { type ProgramContext, type Session, withSession } from "../command.ts";
import { formatCount } from "../format.ts";
import { treeOf } from "../lineage-tree.ts";
import { versionNamed } from "../named-version.ts";
import { paint } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { shortName } from "../version-name.ts";
import { addLineageChanges, datasetOf } from "./lineage-changes.ts";

interface ShowFlags {
  up?: boolean;
  down?: boolean;
  depth?: string;
  stage?: string;
  dataset?: string;
  artifact?: string;
}

const MAXIMUM_DEPTH = 50;

/** `lineage`, `lineage add` and `lineage remove`. */
export function addLineage(program: Command, context: ProgramContext): void {
  const lineage = program.command("lineage").description("where versions came from, and what came from them");
  const show = lineage
    .command("show [reference]", { isDefault: true })
    .description("draw what a version came from and what came from it (the word show can be left out)")
    .option("--up", "only what it came from")
    .option("--down", "only what came from it")
    .option("--depth <count>", "at most so many relations away (default: 50, the most)")
    .option("--stage <stage>", "only the versions in this stage, and what leads to them")
    .option("--dataset <name>", "begin with a dataset instead of a version")
    .option("--artifact <digest>", "which bytes of the dataset");
  withSession(context, show, async (session, reference: string | undefined, flags: ShowFlags) => {
    const { stage = "" } = flags;
    const request = { root: await rootOf(session, reference, flags), direction: directionOf(flags), stage };
    const options = { signal: session.terminal.signal };
    const reply = await session.connection.lineage.getLineage({ ...request, depth: depthOf(flags.depth) }, options);
    if (reply.lineage === undefined) return undefined;
    if (session.json) session.printJson(toJson(LineageSchema, reply.lineage));
    else draw(session, reply.lineage, stage);
    return undefined;
  });
  addLineageChanges(lineage, context);
}

async function rootOf(session: Session, reference: string | undefined, { dataset, artifact }: ShowFlags) {
  if ((reference === undefined) === (dataset === undefined)) {
    throw new UsageError("Name a version, such as iris@1.2.0, or a --dataset.");
  }
  if (reference === undefined) return { case: "dataset", value: datasetOf(dataset ?? "", artifact) } as const;
  return { case: "version", value: await versionNamed(session, reference) } as const;
}

function directionOf({ up, down }: ShowFlags): LineageDirection {
  if (up === down) return LineageDirection.UNSPECIFIED;
  return up === true ? LineageDirection.UP : LineageDirection.DOWN;
}

function depthOf(text: string | undefined): number {
  const depth = Number(text ?? MAXIMUM_DEPTH);
  if (Number.isInteger(depth) && depth >= 1 && depth <= MAXIMUM_DEPTH) return depth;
  throw new UsageError(`--depth ${text} is not a whole number from 1 to ${MAXIMUM_DEPTH}.`);
}

function draw(session: Session, lineage: Lineage, stage: string): void {
  const { terminal } = session;
  const [root] = lineage.nodes;
  if (root === undefined) return;
  session.print(`${label(session, root)}\n`);
  const [above, below] = [treeOf(lineage, "up"), treeOf(lineage, "down")];
  if (above.length > 0) session.print(`${paint(terminal, terminal.stdout, "bold", "origin")}\n`);
  for (const { branch, kind, node, seen } of above) {
    session.print(`${branch}${kind} ${label(session, node)}${seen ? " …" : ""}\n`);
  }
  if (below.length > 0) session.print(`${paint(terminal, terminal.stdout, "bold", "descendants")}\n`);
  for (const { branch, kind, node, seen } of below) {
    session.print(`${branch}${label(session, node)}, ${kind} it${seen ? " …" : ""}\n`);
  }
  if (above.length + below.length === 0)
    session.print("Nothing is known of where it came from or what came from it.\n");
  if (stage !== "") {
    const count = lineage.nodes.filter(({ matches }) => matches).length;
    session.print(`${formatCount(count, "version")} in ${printable(stage)}.\n`);
  }
  if (lineage.truncated) session.print("There is more; look from nearer by, or with another --depth.\n");
}

/** `iris@1.2.0 (PUBLISHED, production)`, `the dataset imdb`. */
function label({ terminal }: Session, { node, matches }: LineageNode): string {
  if (node.case === "dataset") {
    const { name, artifact } = node.value;
    return `the dataset ${printable(name)}${artifact === "" ? "" : ` (${artifact.slice(0, "artifacts/".length + 12)}…)`}`;
  }
  if (node.case === undefined) return "";
  const { state, stage, deleted, purged } = node.value;
  const words = purged
    ? ["purged"]
    : [VersionState[state], stage, deleted ? "deleted" : ""].filter((word) => word !== "");
  const name = printable(shortName(node.value));
  return `${paint(terminal, terminal.stdout, matches ? "green" : "bold", name)} (${printable(words.join(", "))})`;
}

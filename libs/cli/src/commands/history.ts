import { toJson } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type StageEntry, StageEntrySchema } from "@slipway/gen/slipway/metadata/v1/stage_entry_pb.js";
import type { Command } from "commander";
import { type ProgramContext, type Session, withSession } from "../command.ts";
import { drawHistory } from "../history-drawing.ts";
import { limitOf, PAGE_SIZE } from "../list-command.ts";
import { versionId } from "../transition-name.ts";
import { UsageError } from "../usage-error.ts";

interface HistoryFlags {
  at?: string;
  limit: string;
}

/** `history`. */
export function addHistory(program: Command, context: ProgramContext): void {
  const history = program
    .command("history <model>")
    .description("draw which versions were in which stages, or say what was there at a time")
    .option("--at <time>", "what was in each stage then: 2026-11-22T08:00:00Z")
    .option("--limit <count>", "at most so many entries, the last ones", "100");
  withSession(context, history, async (session, model: string, flags: HistoryFlags) => {
    const parent = `models/${model}`;
    const options = { signal: session.terminal.signal };
    const { policy } = await session.connection.stages.getStagePolicy({ name: `${parent}/stagePolicy` }, options);
    const stages = policy?.stages.map(({ name }) => name) ?? [];
    if (flags.at !== undefined) return printAt(session, parent, stages, timeOf(flags.at));
    const { entries, more } = await lastEntries(session, parent, limitOf(flags.limit));
    if (session.json) {
      session.printJson({ entries: entries.map((entry) => toJson(StageEntrySchema, entry)), more });
      return undefined;
    }
    const { head, rows } = drawHistory(entries, stages);
    session.printTable(head, rows);
    if (more) session.print("It began earlier; use --limit.\n");
    return undefined;
  });
}

/** The last entries, the oldest of them first. */
async function lastEntries({ connection, terminal }: Session, parent: string, limit: number) {
  const found: StageEntry[] = [];
  let pageToken = "";
  do {
    const request = { parent, orderBy: "ordinal desc", pageSize: Math.min(PAGE_SIZE, limit - found.length), pageToken };
    const page = await connection.stages.listStageEntries(request, { signal: terminal.signal });
    found.push(...page.entries);
    pageToken = page.nextPageToken;
  } while (pageToken !== "" && found.length < limit);
  return { entries: found.toReversed(), more: pageToken !== "" };
}

async function printAt(session: Session, model: string, stages: string[], timeMs: number): Promise<undefined> {
  const time = timestampFromMs(timeMs);
  const options = { signal: session.terminal.signal };
  const found: { stage: string; versions: string[]; purgedVersions: string[] }[] = [];
  for (const stage of stages) {
    const { versions, purgedVersions } = await session.connection.stages.getStageAt({ model, stage, time }, options);
    found.push({ stage, versions, purgedVersions });
  }
  if (session.json) session.printJson({ stages: found });
  else {
    const rows = found.map(({ stage, versions, purgedVersions }) => {
      const marked = versions.map((name) => `${versionId(name)}${purgedVersions.includes(name) ? " (purged)" : ""}`);
      return [stage, marked.join(", ")];
    });
    session.printTable(["STAGE", "VERSIONS"], rows);
  }
  return undefined;
}

function timeOf(text: string): number {
  const timeMs = /^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:\d{2})$/i.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(timeMs))
    throw new UsageError(`"${text}" is not a time. Write it with its zone: 2026-11-22T08:00:00Z.`);
  return timeMs;
}

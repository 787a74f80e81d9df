import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { type StageEntry, StageEntryCause } from "@slipway/gen/slipway/metadata/v1/stage_entry_pb.js";
import { formatTime } from "./format-time.ts";

/** Something that happened at one time: versions that entered stages, or one that left without entering another. */
interface Change {
  timeMs: number;
  entered: StageEntry[];
  left: StageEntry[];
}

const WORDS: Readonly<Record<StageEntryCause, string>> = {
  [StageEntryCause.UNSPECIFIED]: "",
  [StageEntryCause.PUBLICATION]: "published",
  [StageEntryCause.TRANSITION]: "promoted",
  [StageEntryCause.DISPLACEMENT]: "displaced",
  [StageEntryCause.ROLLBACK]: "rolled back",
  [StageEntryCause.UNDELETION]: "undeleted",
};

/** A stage in which something is. */
const OCCUPIED = "│";

/**
 * The history as a table whose rows are times, downwards, and whose columns are the stages: a number where a version
 * enters, a line while something is there, `number ×` where it is deleted or withdrawn. `entries` are in their order;
 * `stages` come first, those that only history knows behind them.
 */
export function drawHistory(
  entries: readonly StageEntry[],
  stages: readonly string[],
): { head: string[]; rows: string[][] } {
  const columns = [...new Set([...stages, ...entries.map(({ stage }) => stage)])];
  const there = new Map(columns.map((stage) => [stage, new Set<string>()]));
  const rows = changesOf(entries).map(({ timeMs, entered, left }) => {
    for (const { version } of entered) for (const versions of there.values()) versions.delete(version);
    for (const { version } of left) for (const versions of there.values()) versions.delete(version);
    for (const { version, stage } of entered) there.get(stage)?.add(version);
    const cells = columns.map((stage) => {
      const marks = [
        ...entered.filter((each) => each.stage === stage).map(({ version }) => numberOf(version)),
        ...left.filter((each) => each.stage === stage).map(({ version }) => `${numberOf(version)} ×`),
      ];
      if (marks.length > 0) return marks.join(", ");
      return (there.get(stage)?.size ?? 0) > 0 ? OCCUPIED : "";
    });
    const time = formatTime(timestampFromMs(timeMs));
    return [time, ...cells, whatHappened(entered, left)];
  });
  return { head: ["WHEN", ...columns, "WHAT"], rows };
}

/** The swap of an exclusive stage is one change; everything else is one each. */
function changesOf(entries: readonly StageEntry[]): Change[] {
  const changes: (Change & { transition: string })[] = [];
  for (const [index, entry] of entries.entries()) {
    const last = changes.at(-1);
    const { transition } = entry;
    if (last !== undefined && transition !== "" && last.transition === transition) last.entered.push(entry);
    else changes.push({ timeMs: msOf(entry.enterTime), entered: [entry], left: [], transition });
    const next = entries.slice(index + 1).find(({ version }) => version === entry.version);
    const isGone = next === undefined || next.cause === StageEntryCause.UNDELETION;
    if (entry.leaveTime !== undefined && isGone) {
      changes.push({ timeMs: msOf(entry.leaveTime), entered: [], left: [entry], transition: "" });
    }
  }
  return changes.toSorted((a, b) => a.timeMs - b.timeMs);
}

function whatHappened([entered]: readonly StageEntry[], left: readonly StageEntry[]): string {
  if (entered !== undefined) return `${WORDS[entered.cause]} by ${entered.principal}`;
  return left.some(({ purged }) => purged) ? "deleted, and purged since" : "deleted or withdrawn";
}

function msOf(time: StageEntry["enterTime"]): number {
  return time === undefined ? 0 : timestampMs(time);
}

function numberOf(version: string): string {
  return version.split("/").at(-1) ?? "";
}

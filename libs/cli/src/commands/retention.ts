import { create, toJson } from "@bufbuild/protobuf";
import {
  type RetentionDecision,
  RetentionDecisionSchema,
  RetentionOutcome,
  type RetentionPolicy,
  RetentionPolicySchema,
} from "@slipway/gen/slipway/metadata/v1/retention_pb.js";
import { printable } from "@slipway/runtime";
import type { Command } from "commander";
import { type ProgramContext, type Session, withSession } from "../command.ts";
import { formatBytes, formatCount } from "../format.ts";
import { formatTime } from "../format-time.ts";
import { listCommand } from "../list-command.ts";
import { collect } from "../repeatable-option.ts";
import { UsageError } from "../usage-error.ts";
import { shortName } from "../version-name.ts";

interface PolicyFlags {
  keepLast?: string;
  keepStage?: string[];
  keepDays?: string;
  pinLabel?: string;
  graceDays?: string;
}

/** `retention show`, `retention set` and `retention preview`. */
export function addRetention(program: Command, context: ProgramContext): void {
  const retention = program
    .command("retention")
    .description("which versions of a model stay, and what becomes of others");

  const show = retention.command("show <model>").description("show the retention policy of a model");
  withSession(context, show, async (session, name: string) => {
    const request = { name: `models/${name}` };
    const { model } = await session.connection.models.getModel(request, { signal: session.terminal.signal });
    tell(session, name, model?.retention);
    return undefined;
  });

  const set = withPolicy(retention.command("set <model>"))
    .description("set the retention policy of a model: all versions that nothing keeps go (administrators)")
    .option("--off", "keep all versions again");
  withSession(context, set, async (session, name: string, flags: PolicyFlags & { off?: boolean }) => {
    const policy = policyOf(flags);
    if ((policy === undefined) !== (flags.off === true)) {
      throw new UsageError("Give --keep-last and --keep-stage, or --off alone.");
    }
    const request = { model: { name: `models/${name}`, ...(policy && { retention: policy }) } };
    const updateMask = { paths: ["retention"] };
    const options = { signal: session.terminal.signal };
    const { model } = await session.connection.models.updateModel({ ...request, updateMask }, options);
    tell(session, name, model?.retention);
    return undefined;
  });

  const preview = withPolicy(retention.command("preview <model>")).description(
    "show what a policy would do, without doing it: the model's own, or the one that you give",
  );
  listCommand(context, preview, {
    plural: "decisions",
    schema: RetentionDecisionSchema,
    head: ["VERSION", "OUTCOME", "WHY", "SIZE"],
    row: (decision) => [
      shortName({ name: decision.version }),
      outcomeText(decision),
      decision.reasons.map(({ detail }) => detail).join(", "),
      formatBytes(Number(decision.sizeBytes)),
    ],
    async read({ models }, page, flags: PolicyFlags, options, name: string) {
      const policy = policyOf(flags);
      const request = { ...page, name: `models/${name}`, ...(policy && { policy }) };
      const { decisions, nextPageToken } = await models.previewRetention(request, options);
      return { items: decisions, nextPageToken };
    },
  });
}

function withPolicy(command: Command): Command {
  return command
    .option("--keep-last <count>", "keep so many versions, those that were made last")
    .option("--keep-stage <stage>", "keep what is in this stage (repeatable)", collect)
    .option("--keep-days <days>", "keep what was made less than so many days ago (default: 0)")
    .option("--pin-label <label>", "keep what has this label (default: pinned)")
    .option("--grace-days <days>", "days from the deletion to the purge (default: 7)");
}

/** Undefined where no flag says anything. */
function policyOf(flags: PolicyFlags): RetentionPolicy | undefined {
  const { keepLast, keepStage = [], keepDays, pinLabel = "", graceDays } = flags;
  const isGiven =
    keepStage.length > 0 || [keepLast, keepDays, flags.pinLabel, graceDays].some((flag) => flag !== undefined);
  if (!isGiven) return undefined;
  if (keepLast === undefined || keepStage.length === 0) {
    throw new UsageError("A policy needs --keep-last and --keep-stage, so that what is in use stays.");
  }
  return create(RetentionPolicySchema, {
    keepLast: wholeNumber("--keep-last", keepLast),
    keepStages: keepStage,
    keepDays: wholeNumber("--keep-days", keepDays ?? "0"),
    pinLabel,
    ...(graceDays !== undefined && { graceDays: wholeNumber("--grace-days", graceDays) }),
  });
}

function wholeNumber(flag: string, text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= 100_000) return number;
  throw new UsageError(`${flag} ${text} is not a whole number.`);
}

function outcomeText({ outcome, purgeTime }: RetentionDecision): string {
  switch (outcome) {
    case RetentionOutcome.KEPT:
      return "stays";
    case RetentionOutcome.DELETED:
      return "would be deleted";
    case RetentionOutcome.WAITING:
      return `deleted, purged ${formatTime(purgeTime)}`;
    default:
      return "would be purged";
  }
}

function tell(session: Session, model: string, policy: RetentionPolicy | undefined): void {
  if (session.json) {
    session.printJson({ retention: policy === undefined ? null : toJson(RetentionPolicySchema, policy) });
  } else if (policy === undefined) {
    session.print(`All versions of ${printable(model)} stay.\n`);
  } else {
    const { keepLast, keepStages, keepDays, pinLabel, graceDays = 7 } = policy;
    session.printFields([
      ["last", String(keepLast)],
      ["stages", keepStages.join(", ")],
      ["younger than", keepDays === 0 ? "" : formatCount(keepDays, "day")],
      ["label", pinLabel || "pinned"],
      ["purged after", formatCount(graceDays, "day")],
    ]);
  }
}

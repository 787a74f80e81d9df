import { create, equals } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import type { Model } from "@slipway/gen/slipway/metadata/v1/model_pb.js";
import {
  type RetentionDecision,
  RetentionDecisionSchema,
  RetentionOutcome,
  type RetentionPolicy,
  RetentionPolicySchema,
  RetentionRule,
} from "@slipway/gen/slipway/metadata/v1/retention_pb.js";
import { VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { aliasesOf } from "../models/alias.ts";
import { modelNameOf } from "../models/model.ts";
import { isPublished, type StoredVersion, versionResourceName } from "../versions/version.ts";

export const DAY_MS = 24 * 60 * 60 * 1000;
const DEFAULT_PIN_LABEL = "pinned";
const DEFAULT_GRACE_DAYS = 7;

/** States in which nobody has yet decided what becomes of a version. */
const UNDECIDED: readonly VersionState[] = [VersionState.VALIDATING, VersionState.READY];

/** What decides about the versions of a model at a moment. */
export interface RetentionFacts {
  model: Model;
  policy: RetentionPolicy;
  /** The ordinal from which on versions are among the last ones; those below are not. */
  lastFrom: bigint;
  /** Uids of the versions of which a transition waits. */
  moving: ReadonlySet<string>;
  nowMs: number;
}

type Reason = { rule: RetentionRule; detail: string };

/** The label that keeps a version. */
export function pinLabelOf({ pinLabel }: RetentionPolicy): string {
  return pinLabel || DEFAULT_PIN_LABEL;
}

/** Milliseconds from a deletion to the purge. */
export function graceMs({ graceDays }: RetentionPolicy): number {
  return (graceDays ?? DEFAULT_GRACE_DAYS) * DAY_MS;
}

/** Whether two models have the same policy, or none. */
export function samePolicy({ retention: one }: Model, { retention: other }: Model): boolean {
  if (one === undefined || other === undefined) return one === other;
  return equals(RetentionPolicySchema, one, other);
}

/** Everything that keeps a version that is not deleted; nothing: it goes. */
function keptBy({ version, ...stored }: StoredVersion, facts: RetentionFacts): Reason[] {
  const { model, policy, lastFrom, moving, nowMs } = facts;
  const { uid, number, state, stage, labels, ordinal, createTime } = version;
  const aliases = aliasesOf(model.aliases, number);
  const label = pinLabelOf(policy);
  const ageMs = nowMs - (createTime === undefined ? 0 : timestampMs(createTime));
  const inStage = isPublished({ version, ...stored }) && policy.keepStages.includes(stage);
  const isLast = state !== VersionState.REJECTED && ordinal >= lastFrom;
  const reasons: [holds: boolean, rule: RetentionRule, detail: string][] = [
    [model.latestVersion === number, RetentionRule.LATEST, "latest"],
    [isLast, RetentionRule.LAST, `among the last ${policy.keepLast}`],
    [inStage, RetentionRule.STAGE, `in ${stage}`],
    [aliases.length > 0, RetentionRule.ALIAS, `alias ${aliases.join(", ")}`],
    [labels.includes(label), RetentionRule.PINNED, `label ${label}`],
    [ageMs < policy.keepDays * DAY_MS, RetentionRule.YOUNG, `younger than ${daysInWords(policy.keepDays)}`],
    [moving.has(uid), RetentionRule.TRANSITION, "a transition waits"],
    [UNDECIDED.includes(state), RetentionRule.UNDECIDED, `${VersionState[state]}`],
  ];
  return reasons.filter(([holds]) => holds).map(([, rule, detail]) => ({ rule, detail }));
}

/** What becomes of a version at a moment. A deleted one stays only by its label. */
export function decide(stored: StoredVersion, facts: RetentionFacts): RetentionDecision {
  const { version } = stored;
  const { number, uid, sizeBytes, deleteTime } = version;
  const named = { version: versionResourceName(modelNameOf(facts.model), number), uid, sizeBytes };
  if (deleteTime === undefined) {
    const reasons = keptBy(stored, facts);
    const outcome = reasons.length === 0 ? RetentionOutcome.DELETED : RetentionOutcome.KEPT;
    return create(RetentionDecisionSchema, { ...named, outcome, reasons });
  }
  const label = pinLabelOf(facts.policy);
  if (version.labels.includes(label)) {
    const reasons = [{ rule: RetentionRule.PINNED, detail: `label ${label}` }];
    return create(RetentionDecisionSchema, { ...named, outcome: RetentionOutcome.KEPT, reasons });
  }
  const purgeMs = timestampMs(deleteTime) + graceMs(facts.policy);
  const outcome = purgeMs <= facts.nowMs ? RetentionOutcome.PURGED : RetentionOutcome.WAITING;
  return create(RetentionDecisionSchema, { ...named, outcome, purgeTime: timestampFromMs(purgeMs) });
}

function daysInWords(days: number): string {
  return days === 1 ? "1 day" : `${days} days`;
}

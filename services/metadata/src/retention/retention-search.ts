import { VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { fieldTerm } from "@slipway/resources";
import { DELETED_TERM } from "../search/descriptive-fields.ts";
import { versionTerms } from "../versions/version-search.ts";
import { DAY_MS, graceMs, pinLabelOf, type RetentionFacts } from "./retention.ts";

const stateTerm = (state: VersionState) => ({ term: `state:${VersionState[state]}` });

/** All versions of a model. */
export function versionsOf(modelUid: string) {
  return { term: versionTerms.model(modelUid) };
}

/** The versions that go unless `latest` or an alias keeps them: found without a look at the others. */
export function deletableVersions({ model, policy, lastFrom, nowMs }: RetentionFacts) {
  const published = stateTerm(VersionState.PUBLISHED);
  const rejected = stateTerm(VersionState.REJECTED);
  const inStage = policy.keepStages.map((stage) => ({ and: [published, { term: fieldTerm("stage", stage) }] }));
  const youngest = nowMs - policy.keepDays * DAY_MS;
  return {
    and: [
      versionsOf(model.uid),
      { or: [published, rejected, stateTerm(VersionState.WITHDRAWN)] },
      { not: { term: DELETED_TERM } },
      { not: { term: fieldTerm("labels", pinLabelOf(policy)) } },
      { not: { or: inStage } },
      { or: [rejected, { number: "ordinal", max: Number(lastFrom), maxExclusive: true }] },
      { number: "create_time", max: youngest },
    ],
  };
}

/** The deleted versions whose grace period is over and which no label keeps. */
export function purgeableVersions({ model, policy, nowMs }: RetentionFacts) {
  return {
    and: [
      versionsOf(model.uid),
      { term: DELETED_TERM },
      { not: { term: fieldTerm("labels", pinLabelOf(policy)) } },
      { number: "delete_time", max: nowMs - graceMs(policy) },
    ],
  };
}

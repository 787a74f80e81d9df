import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Role } from "@slipway/gen/slipway/access/v1/rule_pb.js";
import type { RequiredApprovals, StageEdge } from "@slipway/gen/slipway/metadata/v1/stage_policy_pb.js";
import {
  type CheckResult,
  CheckResultSchema,
  CheckState,
  TransitionState,
  type TransitionVerdict,
  TransitionVerdictSchema,
} from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import { fail, roleIncludes } from "@slipway/rpc";
import { roleOf } from "../access/role.ts";
import { changedTransition, type StoredTransition } from "./transition.ts";

/** What is still to be had before a transition is applied; APPLIED: nothing. FAILED: a check did. */
export type Standing =
  | TransitionState.PENDING_CHECKS
  | TransitionState.PENDING_APPROVAL
  | TransitionState.APPLIED
  | TransitionState.FAILED;

/** A check as it is reported. */
export interface CheckReport {
  check: string;
  state: CheckState;
  message: string;
  url: string;
  reporter: string;
}

/** What somebody says to a transition. */
export interface Verdict {
  principal: string;
  person: string;
  role: Role;
  approved: boolean;
  comment: string;
}

/** The transition with what an edge asks for now; what was reported and said before stays where it still counts. */
export function requiredBy(stored: StoredTransition, edge: StageEdge, policyRevision: number): StoredTransition {
  const { checks } = stored.transition;
  return changedTransition(stored, {
    checks: edge.checks.map(
      ({ name }) =>
        checks.find(({ check }) => check === name) ??
        create(CheckResultSchema, { check: name, state: CheckState.PENDING }),
    ),
    approvalsNeeded: edge.approvals?.count ?? 0,
    policyRevision: BigInt(policyRevision),
  });
}

/** Where a transition stands by an edge: checks first, behind them approvals. */
export function standingOf({ transition }: StoredTransition, { approvals }: StageEdge): Standing {
  const { checks, verdicts } = transition;
  if (failedCheck(checks) !== undefined) return TransitionState.FAILED;
  if (pendingChecks(checks).length > 0) return TransitionState.PENDING_CHECKS;
  const isAgreed = approvals === undefined || approvers(verdicts, approvals).length >= approvals.count;
  return isAgreed ? TransitionState.APPLIED : TransitionState.PENDING_APPROVAL;
}

/** The names of the checks that have not passed yet. */
export function pendingChecks(checks: readonly CheckResult[]): string[] {
  return checks.filter(({ state }) => state === CheckState.PENDING).map(({ check }) => check);
}

/** Refuses with TRANSITION_NOT_PENDING_APPROVAL what waits for checks. */
export function checkAwaitsApproval({ transition }: StoredTransition, name: string): void {
  const checks = pendingChecks(transition.checks);
  if (checks.length > 0) throw fail("TRANSITION_NOT_PENDING_APPROVAL", { name, checks: checks.join(", ") });
}

/** The first check that failed. */
export function failedCheck(checks: readonly CheckResult[]): CheckResult | undefined {
  return checks.find(({ state }) => state === CheckState.FAILED);
}

/** The persons whose last verdict agrees, under a role that the policy accepts. */
export function approvers(verdicts: readonly TransitionVerdict[], { minimumRole }: RequiredApprovals): string[] {
  const last = new Map(verdicts.map((verdict) => [verdict.person, verdict]));
  const needed = roleOf(minimumRole === Role.UNSPECIFIED ? Role.REVIEWER : minimumRole);
  return [...last.values()]
    .filter(({ approved, role }) => approved && roleIncludes(roleOf(role), needed))
    .map(({ person }) => person);
}

/** The transition after a report; the last report of each check counts. */
export function withReport(stored: StoredTransition, report: CheckReport, nowMs: number): StoredTransition {
  const result = create(CheckResultSchema, { ...report, reportTime: timestampFromMs(nowMs) });
  const { checks } = stored.transition;
  return changedTransition(stored, { checks: checks.map((each) => (each.check === report.check ? result : each)) });
}

/** Whether exactly this was reported before, as a reporter does that got no answer. */
export function isReported({ transition }: StoredTransition, report: CheckReport): boolean {
  const fields = ["state", "message", "url", "reporter"] as const;
  return transition.checks.some(
    (each) => each.check === report.check && fields.every((field) => each[field] === report[field]),
  );
}

/** The transition after a verdict. The one before of the same person goes: only the last counts, and so few are kept. */
export function withVerdict(stored: StoredTransition, verdict: Verdict, nowMs: number): StoredTransition {
  const others = stored.transition.verdicts.filter(({ person }) => person !== verdict.person);
  const said = create(TransitionVerdictSchema, { ...verdict, createTime: timestampFromMs(nowMs) });
  return changedTransition(stored, { verdicts: [...others, said] });
}

import { Role } from "@slipway/gen/slipway/access/v1/rule_pb.js";
import type { RequiredApprovals, RequiredCheck } from "@slipway/gen/slipway/metadata/v1/stage_policy_pb.js";
import { type Caller, fail, roleIncludes, SERVICE_PRINCIPAL } from "@slipway/rpc";
import { roleOf } from "../access/role.ts";

/** Who wants to decide about a transition. */
export interface Approver {
  principal: string;
  /** The principal, or the owner of a service account. */
  person: string;
  role: Caller["role"];
  /** One of Slipway's own services, in somebody's name. */
  service: boolean;
}

/** The persons who have had their say already. */
export interface Involved {
  /** Who made the version. */
  creator: string;
  /** Who requested the transition. */
  requester: string;
}

/** Refuses with APPROVER_NOT_ALLOWED: services, the version's creator, the requester, and who has too low a role. */
export function checkMayDecide(
  { principal, person, role, service }: Approver,
  { creator, requester }: Involved,
  approvals: RequiredApprovals | undefined,
  name: string,
): void {
  const refuse = (problem: string) => fail("APPROVER_NOT_ALLOWED", { principal, name, problem });
  const as = person === principal ? "" : ` as the service account of ${person}`;
  if (service) throw refuse("a workflow is no person");
  if (person === creator) throw refuse(`it made the version${as}`);
  if (person === requester) throw refuse(`it requested the transition${as}`);
  const needed = roleOf(approvals?.minimumRole || Role.REVIEWER);
  if (!roleIncludes(role, needed)) throw refuse(`the policy asks for the role ${needed}, and its key has ${role}`);
}

/** Refuses with CANCEL_NOT_ALLOWED anybody but the person who requested it, and administrators. */
export function checkMayCancel(
  { principal, person, role, service }: Approver,
  requested: { requester: string; person: string },
  name: string,
): void {
  if (!service && (person === requested.person || role === "admin")) return;
  throw fail("CANCEL_NOT_ALLOWED", { principal, name, requester: requested.requester });
}

/**
 * Under whose name a report is kept. A workflow's is Slipway's own: anybody's event may have started the run, and it is
 * not that person who looked.
 */
export function reporterOf({ principal, service }: Caller): string {
  return service ? SERVICE_PRINCIPAL : principal;
}

/** Refuses with REPORTER_NOT_ALLOWED who is none of the reporters of a check that names some. */
export function checkMayReport({ name: check, reporters }: RequiredCheck, principal: string, name: string): void {
  if (reporters.length === 0 || reporters.includes(principal)) return;
  throw fail("REPORTER_NOT_ALLOWED", { principal, check, name, reporters: reporters.join(", ") });
}

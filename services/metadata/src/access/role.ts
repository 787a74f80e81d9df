import { Role as ProtoRole } from "@slipway/gen/slipway/access/v1/rule_pb.js";
import { type Caller, fail, ROLES, type Role, roleIncludes } from "@slipway/rpc";

const BY_PROTO: Readonly<Partial<Record<ProtoRole, Role>>> = {
  [ProtoRole.VIEWER]: "viewer",
  [ProtoRole.CONTRIBUTOR]: "contributor",
  [ProtoRole.REVIEWER]: "reviewer",
  [ProtoRole.ADMIN]: "admin",
};

/** The role in the words of libs/rpc; what an older server does not know counts as the least. */
export function roleOf(role: ProtoRole): Role {
  return BY_PROTO[role] ?? ROLES[0];
}

/** The role in the words of the proto. */
export function protoRoleOf(role: Role): ProtoRole {
  return [ProtoRole.VIEWER, ProtoRole.CONTRIBUTOR, ProtoRole.REVIEWER, ProtoRole.ADMIN][
    ROLES.indexOf(role)
  ] as ProtoRole;
}

/** Refuses with ROLE_REQUIRED whoever is no administrator; `what` begins the sentence: `A retention policy`. */
export function checkAdministrator({ service, role, principal }: Caller, what: string): void {
  if (service || roleIncludes(role, "admin")) return;
  throw fail("ROLE_REQUIRED", { method: what, required: "admin", principal, role });
}

import { Role as RoleNumber } from "@slipway/gen/slipway/access/v1/rule_pb.js";
import type { Role } from "./caller.ts";

/** Roles as the contract numbers them. */
export const ROLE_NAMES: Readonly<Record<RoleNumber, Role | undefined>> = {
  [RoleNumber.UNSPECIFIED]: undefined,
  [RoleNumber.VIEWER]: "viewer",
  [RoleNumber.CONTRIBUTOR]: "contributor",
  [RoleNumber.REVIEWER]: "reviewer",
  [RoleNumber.ADMIN]: "admin",
};

import { type DescMethod, getOption, hasOption } from "@bufbuild/protobuf";
import { type AccessRule, rule } from "@slipway/gen/slipway/access/v1/rule_pb.js";
import type { Authenticate } from "../authenticator.ts";
import { type Caller, roleIncludes } from "../caller.ts";
import { fail } from "../fail.ts";
import type { Interceptor } from "../interceptor.ts";
import { ROLE_NAMES } from "../role-names.ts";
import { methodName } from "../serving/call.ts";
import { actingFor } from "./acting-for.ts";

/** Services of gRPC itself, which tell nothing about any tenant: answered without a key. */
const OPEN_PACKAGES = /^grpc\.(health|reflection)\./;

/**
 * Sets the caller of each call and holds it to the access rule in the method's proto. Refuses to start with a method
 * that has none.
 */
export function createAccessInterceptor(authenticate: Authenticate): Interceptor {
  const rules = new Map<DescMethod, AccessRule>();
  const intercept: Interceptor = async (context, next) => {
    const accessRule = rules.get(context.method);
    if (accessRule !== undefined) {
      const authenticated = await authenticate(context.headers);
      if (authenticated === undefined) throw fail("KEY_MISSING");
      check(accessRule, authenticated, context.method);
      context.caller = actingFor(context.headers, authenticated);
    }
    await next();
  };
  return Object.assign(intercept, {
    prepare: (method: DescMethod) => {
      if (OPEN_PACKAGES.test(method.parent.typeName)) return;
      if (!hasOption(method, rule)) throw new TypeError(`${methodName(method)} has no (slipway.access.v1.rule)`);
      rules.set(method, getOption(method, rule));
    },
  });
}

function check(accessRule: AccessRule, caller: Caller, method: DescMethod): void {
  if (accessRule.servicesOnly && !caller.service) throw fail("SERVICE_REQUIRED", { method: method.name });
  if (accessRule.platformAdministratorsOnly && caller.platformAdministrator !== true) {
    throw fail("PLATFORM_ADMINISTRATOR_REQUIRED", { method: method.name });
  }
  const required = ROLE_NAMES[accessRule.minimumRole];
  // The credential of a service stands above roles.
  if (caller.service || required === undefined || roleIncludes(caller.role, required)) return;
  const { principal, role } = caller;
  throw fail("ROLE_REQUIRED", { method: method.name, required, principal, role });
}

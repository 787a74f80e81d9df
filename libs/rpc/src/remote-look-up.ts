import { AccessService } from "@slipway/gen/slipway/access/v1/access_service_pb.js";
import { keyIdOf } from "./authenticator.ts";
import type { Caller } from "./caller.ts";
import { createClient } from "./client.ts";
import { fail } from "./fail.ts";
import { ROLE_NAMES } from "./role-names.ts";
import { RpcError } from "./rpc-error.ts";
import type { Transport } from "./transport.ts";

/** The metadata service reads two documents for an answer; a caller must not wait longer than it would for an error. */
const TIMEOUT_MS = 5_000;

/**
 * Asks the metadata service whose a key is, for `createAuthenticator` of another service. Throws what Authenticate
 * throws; where metadata cannot answer, DEPENDENCY_UNAVAILABLE and never UNAUTHENTICATED. `metadata` carries the
 * service's own credential.
 */
export function remoteLookUp(metadata: Transport): (key: string) => Promise<Caller> {
  const client = createClient(AccessService, metadata);
  return async (key) => {
    // What metadata calls malformed after this is the service's own credential.
    keyIdOf(key);
    const answer = await client.authenticate({ key }, { timeoutMs: TIMEOUT_MS }).catch((error: unknown) => {
      throw isUnanswered(error) ? unavailable(error) : error;
    });
    const { tenantUid, tenant, principal, platformAdministrator, service } = answer;
    const role = ROLE_NAMES[answer.role];
    if (role === undefined) throw unavailable(new Error(`the role ${answer.role} is not known here`));
    const keyId = answer.key.slice("keys/".length);
    return { tenantUid, tenant, principal, role, service, platformAdministrator, keyId };
  };
}

function isUnanswered(error: unknown): boolean {
  return !(error instanceof RpcError) || error.code !== "UNAUTHENTICATED";
}

function unavailable(cause: unknown): Error {
  return fail("DEPENDENCY_UNAVAILABLE", { dependency: "The metadata service" }, { cause });
}

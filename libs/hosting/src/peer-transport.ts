import { type CallOptions, fail, RpcError, type Transport } from "@slipway/rpc";
import type { ServiceName } from "@slipway/runtime";

/** What only a service's own credential can be the cause of: the call carried no other. */
export const CREDENTIAL_REASONS: ReadonlySet<string> = new Set([
  "KEY_MISSING",
  "KEY_MALFORMED",
  "SERVICE_REQUIRED",
  "ON_BEHALF_OF_REFUSED",
]);

/** What a channel says of a server that it does not reach; addresses and certificates are the operator's business. */
const CHANNEL_REASONS: ReadonlySet<string> = new Set(["SERVER_UNREACHABLE", "SERVER_UNTRUSTED", "SERVER_DRAINING"]);

/**
 * A transport to another service, whose troubles become UNAVAILABLE with DEPENDENCY_UNAVAILABLE: a client can neither
 * reach that service nor mend its credential. Errors about the request itself stay.
 */
export function createPeerTransport(peer: ServiceName, transport: Transport): Transport {
  const translated = (error: unknown): unknown => {
    const ours =
      error instanceof RpcError && (CREDENTIAL_REASONS.has(error.reason) || CHANNEL_REASONS.has(error.reason));
    return ours ? fail("DEPENDENCY_UNAVAILABLE", { dependency: `The ${peer} service` }, { cause: error }) : error;
  };
  return {
    unary: async (method, request, options: CallOptions) => {
      try {
        return await transport.unary(method, request, options);
      } catch (error) {
        throw translated(error);
      }
    },
    stream: async function* (method, requests, options: CallOptions) {
      try {
        yield* transport.stream(method, requests, options);
      } catch (error) {
        throw translated(error);
      }
    },
    close: () => transport.close(),
  };
}

import type { Caller, Transport } from "@slipway/rpc";

/** Carries the caller as JSON: the tests' stand-in for keys. */
export const CALLER_HEADER = "test-caller";

export const acme: Caller = {
  tenantUid: "00000000-0000-7000-8000-00000000acee",
  tenant: "acme",
  principal: "users/alice",
  role: "contributor",
  service: false,
};

export const umbrella: Caller = { ...acme, tenantUid: "00000000-0000-7000-8000-00000000beef", tenant: "umbrella" };

/** What one of Slipway's services shows. */
export const service: Caller = {
  tenantUid: "platform",
  tenant: "platform",
  principal: "serviceAccounts/slipway",
  role: "admin",
  service: true,
};

/** Calls made as somebody. */
export function as(caller: Caller, transport: Transport): Transport {
  const added = (options: Parameters<Transport["unary"]>[2]) => ({
    ...options,
    headers: { [CALLER_HEADER]: JSON.stringify(caller), ...options.headers },
  });
  return {
    unary: (method, request, options) => transport.unary(method, request, added(options)),
    stream: (method, requests, options) => transport.stream(method, requests, added(options)),
    close: () => transport.close(),
  };
}

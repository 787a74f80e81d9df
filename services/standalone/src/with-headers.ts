import type { CallOptions, Transport } from "@slipway/rpc";

/** The same transport with headers on every call; those of a call itself win. */
export function withHeaders(transport: Transport, headers: Readonly<Record<string, string>>): Transport {
  const added = (options: CallOptions): CallOptions => ({ ...options, headers: { ...headers, ...options.headers } });
  return {
    unary: (method, request, options) => transport.unary(method, request, added(options)),
    stream: (method, requests, options) => transport.stream(method, requests, added(options)),
    close: () => transport.close(),
  };
}

import type { Transport } from "@slipway/rpc";

/**
 * A transport that exists before what it leads to: the services call each other, so each needs a transport to the
 * others before any of them is made. Calls made before `lead` throw.
 */
export class LateTransport implements Transport {
  #target: Transport | undefined;

  lead(target: Transport): void {
    this.#target = target;
  }

  readonly unary: Transport["unary"] = (method, request, options) => this.#reached().unary(method, request, options);

  readonly stream: Transport["stream"] = (method, requests, options) =>
    this.#reached().stream(method, requests, options);

  close(): void {
    this.#target?.close();
  }

  #reached(): Transport {
    if (this.#target === undefined) throw new Error("A service called another one before it was started.");
    return this.#target;
  }
}

import { type LookupAddress, lookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { isPublicAddress } from "./public-address.ts";

/** An address that http steps may not call. */
export class AddressRefused extends Error {
  override readonly name = "AddressRefused";

  constructor(host: string, address: string) {
    super(`${host} is at ${address}, which is not a public address. An administrator can allow private addresses.`);
  }
}

/** Resolves a host to all of its addresses; the second argument as in node:dns. */
export type Resolve = (host: string, give: (error: Error | null, addresses: LookupAddress[]) => void) => void;

const resolveBySystem: Resolve = (host, give) => lookup(host, { all: true, verbatim: true }, give);

/**
 * A lookup for sockets that gives public addresses only. The socket connects to exactly what this gives, so that a name
 * which resolves differently a second time (DNS rebinding) gains nothing. One address that is not public refuses the
 * whole name: such a mixture is never meant well.
 */
export function publicLookup(resolve: Resolve = resolveBySystem): LookupFunction {
  return (host, options, callback) => {
    resolve(host, (error, addresses) => {
      const refused = addresses?.find(({ address }) => !isPublicAddress(address));
      const [first] = addresses ?? [];
      if (error !== null) callback(error, []);
      else if (refused !== undefined) callback(new AddressRefused(host, refused.address), []);
      else if (first === undefined) callback(new Error(`${host} has no address`), []);
      else if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

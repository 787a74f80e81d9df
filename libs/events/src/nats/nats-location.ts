import { isIP } from "node:net";
import type { ConnectionOptions } from "@nats-io/transport-node";

/** Where NATS is, and who we are there. */
export interface NatsLocation {
  /** For people: without user and password. */
  name: string;
  options: Pick<ConnectionOptions, "servers" | "user" | "pass" | "token" | "tls">;
}

/**
 * Reads `nats://[user[:password]@]host[:port]`, several of them separated by commas for a cluster; a user without a
 * password is a token; `tls://` asks for TLS. Throws an Error in words for anything else.
 */
export function parseNatsUrl(text: string): NatsLocation {
  const urls = text.split(",").map(parseOne);
  const [first] = urls as [URL, ...URL[]];
  const servers = urls.map(({ host }) => host);
  const [user, pass] = [first.username, first.password].map(decodeURIComponent) as [string, string];
  const credentials = user === "" ? {} : pass === "" ? { token: user } : { user, pass };
  const tls = first.protocol === "tls:" ? { tls: tlsOptions(first.hostname) } : {};
  return { name: servers.join(","), options: { servers, ...credentials, ...tls } };
}

/** The client gives Node the name of a host to compare with the certificate, but not an address, which Node needs too. */
function tlsOptions(hostname: string): { handshakeFirst: false; host?: string } {
  const address = hostname.replace(/^\[|\]$/g, "");
  return { handshakeFirst: false, ...(isIP(address) !== 0 && { host: address }) };
}

function parseOne(text: string): URL {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  if (url === undefined || !["nats:", "tls:"].includes(url.protocol) || url.hostname === "") {
    throw new Error("The address of NATS is malformed. Use nats://host:port, or tls://host:port for TLS.");
  }
  return url;
}

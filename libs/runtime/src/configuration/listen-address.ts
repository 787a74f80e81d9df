/** Where a server listens. */
export interface ListenAddress {
  host: string;
  port: number;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** `host:port`, IPv6 in brackets. Throws an Error in words for anything else. */
export function parseListenAddress(text: string): ListenAddress {
  const found = /^(\[[0-9a-f:]+\]|[\w.-]+):(\d{1,5})$/i.exec(text);
  const port = Number(found?.[2]);
  if (found?.[1] === undefined || port > 65_535) throw new Error(`"${text}" is no address. Use host:port.`);
  return { host: found[1], port };
}

/** Whether only processes of the same machine can reach the host; IPv6 in brackets. */
export function isLoopbackHost(host: string): boolean {
  return LOOPBACK.test(host);
}

/** An address, or `off` for none. Throws an Error in words for anything else. */
export function parseHealthListen(text: string): ListenAddress | undefined {
  return text === "off" ? undefined : parseListenAddress(text);
}

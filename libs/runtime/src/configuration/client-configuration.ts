import { join, resolve } from "node:path";
import { type Environment, EnvironmentReader } from "./environment-reader.ts";
import { isLoopbackHost } from "./listen-address.ts";

/** What a client needs to know before it calls. */
export interface ClientConfiguration {
  /** `SLIPWAY_URL`, default `http://127.0.0.1:7000`. */
  url: string;
  /** `SLIPWAY_KEY`; absent in open mode. */
  key?: string;
  /** What the client remembers: `$SLIPWAY_HOME/client`, or the user's state folder. */
  stateFolder: string;
  /** `SLIPWAY_TLS_AUTHORITIES`: path of a PEM file of authorities to trust besides those of the system. */
  authorities?: string;
}

/** Reads the configuration of a client. Throws a ConfigurationError that lists everything that is wrong. */
export function readClientConfiguration(environment: Environment, userHome: string): ClientConfiguration {
  const reader = new EnvironmentReader(environment);
  const url = reader.parsed("SLIPWAY_URL", "http://127.0.0.1:7000", parseUrl);
  const key = reader.text("SLIPWAY_KEY");
  const authorities = reader.text("SLIPWAY_TLS_AUTHORITIES");
  const home = reader.text("SLIPWAY_HOME");
  const plaintext = reader.choice("SLIPWAY_ALLOW_PLAINTEXT", ["no", "yes"], "no");
  if (
    url !== undefined &&
    key !== undefined &&
    plaintext === "no" &&
    url.startsWith("http:") &&
    !isLoopbackHost(new URL(url).hostname)
  ) {
    reader.problem("SLIPWAY_URL", `the key would travel in plaintext. Use https://, or SLIPWAY_ALLOW_PLAINTEXT=yes.`);
  }
  // https://specifications.freedesktop.org/basedir-spec: state that outlives a restart but is not worth a backup.
  const stateFolder =
    home === undefined
      ? join(reader.text("XDG_STATE_HOME") ?? join(userHome, ".local", "state"), "slipway")
      : join(resolve(home), "client");
  reader.finish();
  return {
    url: url as string,
    stateFolder,
    ...(key === undefined ? {} : { key }),
    ...(authorities === undefined ? {} : { authorities }),
  };
}

function parseUrl(text: string): string {
  const url = URL.parse(text);
  const known = url !== null && (url.protocol === "http:" || url.protocol === "https:");
  if (!known || url.pathname !== "/" || url.search !== "" || url.username !== "") {
    throw new Error(`"${text}" is no address of a server. Use http://host:port or https://host:port.`);
  }
  return url.origin;
}

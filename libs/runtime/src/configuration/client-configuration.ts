import { join, resolve } from "node:path";
import { type Environment, EnvironmentReader } from "./environment-reader.ts";
import { allowsPlaintext } from "./server-configuration.ts";
import { isPlaintextUrl, parseServerUrl } from "./service-urls.ts";
import { type ClientTlsFiles, readClientTls } from "./tls-files.ts";

/** What a client needs to know before it calls. */
export interface ClientConfiguration {
  /** `SLIPWAY_URL`, default `http://127.0.0.1:7000`. */
  url: string;
  /** `SLIPWAY_KEY`; absent in open mode. */
  key?: string;
  /** What the client remembers: `$SLIPWAY_HOME/client`, or the user's state folder. */
  stateFolder: string;
  /** `SLIPWAY_TLS_AUTHORITIES`, `…_CERTIFICATE`, `…_KEY`: paths of PEM files; the pair is for servers that ask for one. */
  tls: ClientTlsFiles;
  /** `SLIPWAY_ALLOW_PLAINTEXT`: `yes` lets the key travel without TLS off loopback. Default `no`. */
  allowPlaintext: boolean;
}

/** Reads the configuration of a client. Throws a ConfigurationError that lists everything that is wrong. */
export function readClientConfiguration(environment: Environment, userHome: string): ClientConfiguration {
  const reader = new EnvironmentReader(environment);
  const url = reader.parsed("SLIPWAY_URL", "http://127.0.0.1:7000", parseServerUrl);
  const key = reader.text("SLIPWAY_KEY");
  const tls = readClientTls(reader);
  const home = reader.text("SLIPWAY_HOME");
  const allowPlaintext = allowsPlaintext(reader);
  if (url !== undefined && key !== undefined && !allowPlaintext && isPlaintextUrl(url)) {
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
    tls,
    allowPlaintext,
  };
}

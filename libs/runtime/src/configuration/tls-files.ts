import type { EnvironmentReader } from "./environment-reader.ts";

/** Paths of PEM files. */
export interface TlsFiles {
  /** `SLIPWAY_TLS_CERTIFICATE`: the chain of this side. */
  certificate: string;
  /** `SLIPWAY_TLS_KEY`: its private key. */
  key: string;
  /** `SLIPWAY_TLS_AUTHORITIES`: who is trusted. */
  authorities?: string;
}

/** The three variables; undefined where none is set. */
export function readTlsFiles(reader: EnvironmentReader): TlsFiles | undefined {
  const certificate = reader.text("SLIPWAY_TLS_CERTIFICATE");
  const key = reader.text("SLIPWAY_TLS_KEY");
  const authorities = reader.text("SLIPWAY_TLS_AUTHORITIES");
  if (certificate === undefined && key === undefined && authorities === undefined) return undefined;
  if (certificate === undefined) reader.problem("SLIPWAY_TLS_CERTIFICATE", "is missing beside the other TLS settings.");
  if (key === undefined) reader.problem("SLIPWAY_TLS_KEY", "is missing beside the other TLS settings.");
  if (certificate === undefined || key === undefined) return undefined;
  return { certificate, key, ...(authorities === undefined ? {} : { authorities }) };
}

/** What a client may bring; certificate and key come together. */
export type ClientTlsFiles = Partial<TlsFiles>;

/** The three variables for a client: authorities alone will do. */
export function readClientTls(reader: EnvironmentReader): ClientTlsFiles {
  const certificate = reader.text("SLIPWAY_TLS_CERTIFICATE");
  const key = reader.text("SLIPWAY_TLS_KEY");
  const authorities = reader.text("SLIPWAY_TLS_AUTHORITIES");
  if (certificate !== undefined && key === undefined)
    reader.problem("SLIPWAY_TLS_KEY", "is missing beside the certificate.");
  if (certificate === undefined && key !== undefined) {
    reader.problem("SLIPWAY_TLS_CERTIFICATE", "is missing beside the key.");
  }
  return {
    ...(certificate === undefined || key === undefined ? {} : { certificate, key }),
    ...(authorities === undefined ? {} : { authorities }),
  };
}

import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { TlsOptions } from "@slipway/rpc";
import { type Clock, ConfigurationError, type TlsFiles } from "@slipway/runtime";

/** What a process shows and whom it trusts; the PEM texts were checked. */
export interface TlsMaterial extends TlsOptions {
  certificate: string;
  key: string;
  /** When the certificate ends, in milliseconds since 1970. */
  expiresMs: number;
}

const WARN_BEFORE_MS = 14 * 24 * 60 * 60 * 1000;

/**
 * Reads the files of a TLS configuration. Throws ConfigurationError where one cannot be read, is not PEM, where key and
 * certificate are no pair, and where a certificate has expired or is not valid yet.
 */
export function readTlsMaterial({ certificate, key, authorities }: TlsFiles, clock: Clock): TlsMaterial {
  const own = parsed("SLIPWAY_TLS_CERTIFICATE", certificate, firstCertificate);
  const pair = parsed("SLIPWAY_TLS_KEY", key, createPrivateKey);
  checkPair(own.value, pair.value, certificate, key);
  checkTime("SLIPWAY_TLS_CERTIFICATE", certificate, own.value, clock);
  const trusted =
    authorities === undefined ? undefined : parsed("SLIPWAY_TLS_AUTHORITIES", authorities, firstCertificate);
  if (trusted !== undefined) checkTime("SLIPWAY_TLS_AUTHORITIES", authorities ?? "", trusted.value, clock);
  return {
    certificate: own.text,
    key: pair.text,
    ...(trusted === undefined ? {} : { authorities: trusted.text }),
    expiresMs: own.value.validToDate.getTime(),
  };
}

/** What is to be said of a certificate's end: an error once it has passed, a warning for the two weeks before. */
export function expiryOf({ expiresMs }: TlsMaterial, clock: Clock): { missing: string[]; warnings: string[] } {
  const leftMs = expiresMs - clock.nowMs();
  const when = new Date(expiresMs).toISOString();
  const remedy = "Put a new one into SLIPWAY_TLS_CERTIFICATE and restart";
  if (leftMs <= 0) return { missing: [`this server's certificate expired at ${when}. ${remedy}`], warnings: [] };
  const soon = leftMs <= WARN_BEFORE_MS;
  return { missing: [], warnings: soon ? [`this server's certificate expires at ${when}. ${remedy}`] : [] };
}

function parsed<T>(variable: string, path: string, parse: (text: string) => T): { text: string; value: T } {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigurationError([`${variable}: ${path} cannot be read (${code}). Name a PEM file of yours.`]);
  }
  try {
    return { text, value: parse(text) };
  } catch {
    // What the parser says may tell of the key.
    throw new ConfigurationError([`${variable}: ${path} holds nothing of the kind in PEM. Name another file.`]);
  }
}

function firstCertificate(text: string): X509Certificate {
  return new X509Certificate(text);
}

function checkPair(certificate: X509Certificate, key: KeyObject, certificatePath: string, keyPath: string): void {
  if (certificate.checkPrivateKey(key)) return;
  throw new ConfigurationError([
    `SLIPWAY_TLS_KEY: ${keyPath} is not the key of the certificate in ${certificatePath}.`,
  ]);
}

function checkTime(variable: string, path: string, certificate: X509Certificate, clock: Clock): void {
  const { validFromDate, validToDate } = certificate;
  const now = clock.nowMs();
  if (validToDate.getTime() <= now) {
    const when = validToDate.toISOString();
    throw new ConfigurationError([`${variable}: the certificate in ${path} expired at ${when}. Put a new one there.`]);
  }
  if (validFromDate.getTime() > now) {
    const when = validFromDate.toISOString();
    const remedy = "Check the clock of this machine";
    throw new ConfigurationError([`${variable}: the certificate in ${path} is not valid before ${when}. ${remedy}.`]);
  }
}

import { X509Certificate } from "node:crypto";
import type { Clock } from "@slipway/runtime";
import { ClientError } from "./client-error.ts";

/**
 * Throws ClientError where a client's own certificate is none, or not valid at the moment: a server that asks for one
 * ends the connection without a word.
 */
export function checkOwnCertificate(pem: string, clock: Clock): void {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    throw new ClientError("SLIPWAY_TLS_CERTIFICATE holds no certificate in PEM. Name another file.");
  }
  const { validFromDate, validToDate } = certificate;
  const now = clock.nowMs();
  if (validToDate.getTime() <= now) {
    throw new ClientError(
      `Your certificate expired at ${validToDate.toISOString()}. Put a new one into SLIPWAY_TLS_CERTIFICATE.`,
    );
  }
  if (validFromDate.getTime() > now) {
    throw new ClientError(
      `Your certificate is not valid before ${validFromDate.toISOString()}. Check this machine's clock.`,
    );
  }
}

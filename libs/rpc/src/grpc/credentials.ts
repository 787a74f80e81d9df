import { ChannelCredentials, ServerCredentials } from "@grpc/grpc-js";
import type { TlsOptions } from "../tls.ts";

/** Plaintext without options. Throws where certificate or key are missing. */
export function serverCredentials(tls: TlsOptions | undefined): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const { certificate, key, authorities } = tls;
  if (certificate === undefined || key === undefined) throw new TypeError("TLS needs a certificate and its key");
  const pair = { cert_chain: Buffer.from(certificate), private_key: Buffer.from(key) };
  return authorities === undefined
    ? ServerCredentials.createSsl(null, [pair], false)
    : ServerCredentials.createSsl(Buffer.from(authorities), [pair], true);
}

/** For an https address; without options the authorities of the system are trusted. */
export function channelCredentials(secure: boolean, tls: TlsOptions = {}): ChannelCredentials {
  if (!secure) return ChannelCredentials.createInsecure();
  const { certificate, key, authorities } = tls;
  const bytes = (text: string | undefined) => (text === undefined ? null : Buffer.from(text));
  return ChannelCredentials.createSsl(bytes(authorities), bytes(key), bytes(certificate));
}

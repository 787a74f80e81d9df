/** PEM texts for a listener or a client. */
export interface TlsOptions {
  /** Certificate chain of this side; a server needs it, a client for mutual TLS only. */
  certificate?: string;
  /** Private key of the certificate. */
  key?: string;
  /** Certificates of the authorities that are trusted. A server that is given them asks every client for a certificate. */
  authorities?: string;
}

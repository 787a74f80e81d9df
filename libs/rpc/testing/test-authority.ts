import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/** PEM texts of a certificate and its private key. */
export interface CertifiedKey {
  certificate: string;
  key: string;
}

/** When a certificate is valid, in milliseconds since 1970. */
export interface Validity {
  fromMs: number;
  toMs: number;
}

/** Signs certificates for tests; nothing of it is ever written into the repository. */
export interface TestAuthority {
  /** PEM text of its own certificate. */
  certificate: string;
  /** A certificate for `localhost` and 127.0.0.1, as a server and as a client. */
  issue(name: string, validity?: Partial<Validity>): CertifiedKey;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Makes an authority with a key of its own. */
export function createTestAuthority(name: string): TestAuthority {
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const always = validityOf({});
  const certificate = certificateOf({
    subject: name,
    issuer: name,
    keys,
    signer: keys.privateKey,
    ...always,
    isAuthority: true,
  });
  return {
    certificate,
    issue: (subject, validity = {}) => {
      const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const signed = { subject, issuer: name, keys: own, signer: keys.privateKey, ...validityOf(validity) };
      return {
        certificate: certificateOf({ ...signed, isAuthority: false }),
        key: own.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      };
    },
  };
}

function validityOf({ fromMs = Date.now() - DAY_MS, toMs = Date.now() + 30 * DAY_MS }: Partial<Validity>): Validity {
  return { fromMs, toMs };
}

interface Contents extends Validity {
  subject: string;
  issuer: string;
  keys: { publicKey: KeyObject };
  signer: KeyObject;
  isAuthority: boolean;
}

/** Tags of DER (ITU-T X.690). */
const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  bytes: 0x04,
  oid: 0x06,
  text: 0x0c,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
};

/** Object identifiers in DER (RFC 5280, RFC 5758). */
const OID = {
  commonName: "550403",
  subjectAltName: "551d11",
  basicConstraints: "551d13",
  ecdsaWithSha256: "2a8648ce3d040302",
};

/** A certificate of version 3 (RFC 5280 §4.1) as PEM. */
function certificateOf({ subject, issuer, fromMs, toMs, keys, signer, isAuthority }: Contents): string {
  const algorithm = sequence(oid(OID.ecdsaWithSha256));
  const names = sequence(der(0x82, Buffer.from("localhost")), der(0x87, Buffer.from([127, 0, 0, 1])));
  const constraints = isAuthority ? sequence(der(TAG.boolean, Buffer.from([0xff]))) : sequence();
  const contents = sequence(
    der(0xa0, der(TAG.integer, Buffer.from([2]))),
    der(TAG.integer, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    nameOf(issuer),
    sequence(timeOf(fromMs), timeOf(toMs)),
    nameOf(subject),
    keys.publicKey.export({ type: "spki", format: "der" }),
    der(
      0xa3,
      sequence(
        sequence(oid(OID.basicConstraints), der(TAG.boolean, Buffer.from([0xff])), der(TAG.bytes, constraints)),
        sequence(oid(OID.subjectAltName), der(TAG.bytes, names)),
      ),
    ),
  );
  const signature = der(TAG.bits, Buffer.concat([Buffer.from([0]), sign("sha256", contents, signer)]));
  const base64 = sequence(contents, algorithm, signature).toString("base64");
  return `-----BEGIN CERTIFICATE-----\n${base64.match(/.{1,64}/g)?.join("\n")}\n-----END CERTIFICATE-----\n`;
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: Buffer[]): Buffer {
  return der(TAG.sequence, Buffer.concat(parts));
}

function oid(hex: string): Buffer {
  return der(TAG.oid, Buffer.from(hex, "hex"));
}

function nameOf(commonName: string): Buffer {
  return sequence(der(TAG.set, sequence(oid(OID.commonName), der(TAG.text, Buffer.from(commonName)))));
}

/** GeneralizedTime: Node does not mind it before 2050. */
function timeOf(ms: number): Buffer {
  return der(TAG.time, Buffer.from(`${new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, "")}`));
}

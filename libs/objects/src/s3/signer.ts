import type { Clock } from "@slipway/runtime";
import { Client } from "minio";
import { presignSignatureV4, signV4 } from "minio/dist/esm/signing.mjs";

export interface SignerOptions {
  /** `http://host:port` or `https://host`. */
  endpoint: string;
  region: string;
  accessKey: string;
  secretKey: string;
  clock: Clock;
}

/** One call of the S3 API. */
export interface S3Call {
  method: "GET" | "HEAD" | "PUT" | "DELETE";
  bucket: string;
  /** Absent: the call is about the bucket. */
  key?: string;
  /** Encoded, without `?`. */
  query?: string;
  headers?: Record<string, string>;
}

/** What node:http and node:https need to send a call. */
export interface SignedCall {
  method: string;
  protocol: string;
  host: string;
  port?: number | string;
  path: string;
  headers: Record<string, string>;
}

/**
 * The signature covers every header but not the body, whose checksum stands in a signed header: hashing each body with
 * SHA-256 besides would cost a third of the processor time of a put.
 */
const BODY_HASH = "UNSIGNED-PAYLOAD";

/**
 * Addresses and signs calls with the rules of the `minio` client (Signature Version 4; the host of a bucket on Amazon
 * S3, its path elsewhere). Sending is left to the caller: the client's own way hashes bodies twice on the event loop,
 * has no time limits, and keeps the connection of a reply that it retries.
 */
export class S3Signer extends Client {
  readonly #region: string;
  readonly #clock: Clock;

  constructor({ endpoint, region, accessKey, secretKey, clock }: SignerOptions) {
    const { protocol, hostname, port } = new URL(endpoint);
    const useSSL = protocol === "https:";
    const endPoint = hostname.replace(/^\[|\]$/g, ""); // an IPv6 address without its brackets
    super({ endPoint, port: Number(port || (useSSL ? 443 : 80)), useSSL, region, accessKey, secretKey });
    this.#region = region;
    this.#clock = clock;
  }

  /** The call with its signature, which is good for 15 minutes. */
  signed(call: S3Call): SignedCall {
    const request = this.#addressed(call);
    const date = new Date(this.#clock.nowMs());
    request.headers["x-amz-date"] = date.toISOString().replace(/[:-]|\.\d{3}/g, "");
    request.headers["x-amz-content-sha256"] = BODY_HASH;
    const signature = signV4(request, this.accessKey, this.secretKey, this.#region, date, BODY_HASH);
    request.headers.authorization = signature;
    return request;
  }

  /**
   * The call as a URL for somebody without credentials, good for `expiresSeconds`. Who uses it must send the call's
   * headers as they are: they are signed, so the store refuses a body that does not have the checksum in them.
   */
  presigned(call: S3Call, expiresSeconds: number): string {
    const request = this.#addressed(call);
    delete request.headers["user-agent"];
    const date = new Date(this.#clock.nowMs());
    return presignSignatureV4(request, this.accessKey, this.secretKey, undefined, this.#region, date, expiresSeconds);
  }

  #addressed({ bucket, key, ...call }: S3Call): SignedCall {
    const objectName = key === undefined ? {} : { objectName: key };
    return this.getRequestOptions({ ...call, ...objectName, bucketName: bucket, region: this.#region });
  }
}

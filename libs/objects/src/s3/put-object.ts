import type { IncomingHttpHeaders } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { createBackoff, type Ids } from "@slipway/runtime";
import type { Buckets } from "./buckets.ts";
import { CHECKSUM, Checksum } from "./checksum.ts";
import { S3ConnectionError, type S3Http } from "./s3-http.ts";
import { S3ReplyError } from "./s3-reply-error.ts";

/** Names the put that stored an object, so that a put whose reply was lost knows its own. */
const PUT_ID = "x-amz-meta-slipway-put";

/** A store that asks to slow down, or that several puts of one key confuse, gets this many chances within a second. */
const ATTEMPTS = 4;
const BACKOFF = { initialMs: 100, maxMs: 400, random: Math.random };

export interface PutPorts {
  http: S3Http;
  buckets: Buckets;
  ids: Ids;
}

/** Puts the object unless there is one. Errors are those of S3Http. */
export async function putObject(
  { http, buckets, ids }: PutPorts,
  bucket: string,
  key: string,
  bytes: Uint8Array,
): Promise<"STORED" | "EXISTS"> {
  const putId = ids.uid();
  const headers = {
    "content-length": String(bytes.byteLength),
    "content-type": "application/octet-stream",
    "if-none-match": "*",
    [CHECKSUM]: new Checksum().add(bytes).text,
    [PUT_ID]: putId,
  };
  const backoff = createBackoff(BACKOFF);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await buckets.ensure(bucket);
      const call = { method: "PUT", bucket, key, headers } as const;
      const { statusCode } = await http.call(call, { body: bytes, expected: [200, 412] });
      if (statusCode === 200) return "STORED";
      return outcomeOf(await metadataOf(http, bucket, key), putId);
    } catch (error) {
      if (error instanceof S3ConnectionError && error.wasSent) {
        // The store may have refused it before all was there, or have stored it and not have said so.
        const found = await metadataOf(http, bucket, key);
        if (found === undefined) throw error;
        return outcomeOf(found, putId);
      }
      if (error instanceof S3ReplyError && error.code === "NoSuchBucket") buckets.forget(bucket);
      if (attempt === ATTEMPTS || !isTransient(error)) throw error;
      await sleep(backoff.nextMs());
    }
  }
}

/** The headers of an object, or undefined when there is none. */
export async function metadataOf(http: S3Http, bucket: string, key: string): Promise<IncomingHttpHeaders | undefined> {
  const { statusCode, headers } = await http.call({ method: "HEAD", bucket, key }, { expected: [200, 404] });
  return statusCode === 200 ? headers : undefined;
}

/** Who stored the object that is there: this put, whose first reply was lost, or another. */
function outcomeOf(found: IncomingHttpHeaders | undefined, putId: string): "STORED" | "EXISTS" {
  return found?.[PUT_ID] === putId ? "STORED" : "EXISTS";
}

/** Two at once, a bucket that is gone, a store under load. */
const TRANSIENT = ["ConditionalRequestConflict", "OperationAborted", "NoSuchBucket"];

function isTransient(error: unknown): boolean {
  if (!(error instanceof S3ReplyError)) return false;
  return error.status === 500 || error.status === 503 || TRANSIENT.includes(error.code);
}

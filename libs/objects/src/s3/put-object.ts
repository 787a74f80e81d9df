import type { IncomingHttpHeaders } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { crc32 } from "node:zlib";
import { createBackoff, type Ids } from "@slipway/runtime";
import type { Buckets } from "./buckets.ts";
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
    "x-amz-checksum-crc32": checksumOf(bytes),
    [PUT_ID]: putId,
  };
  const backoff = createBackoff(BACKOFF);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await buckets.ensure(bucket);
      const call = { method: "PUT", bucket, key, headers } as const;
      const { statusCode } = await http.call(call, { body: bytes, expected: [200, 412] });
      if (statusCode === 200) return "STORED";
      return attempt === 1 ? "EXISTS" : await outcomeOf(http, bucket, key, putId);
    } catch (error) {
      if (error instanceof S3ConnectionError && error.wasSent) {
        // The store may have refused it before all was there, or have stored it and not have said so.
        const found = await metadataOf(http, bucket, key);
        if (found !== undefined) return found[PUT_ID] === putId ? "STORED" : "EXISTS";
        throw error;
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

async function outcomeOf(http: S3Http, bucket: string, key: string, putId: string): Promise<"STORED" | "EXISTS"> {
  const found = await metadataOf(http, bucket, key);
  return found?.[PUT_ID] === putId ? "STORED" : "EXISTS";
}

/** CRC-32 as S3 wants it: big-endian, in base64. The store compares it with what arrived. */
function checksumOf(bytes: Uint8Array): string {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(bytes));
  return checksum.toString("base64");
}

function isTransient(error: unknown): boolean {
  if (!(error instanceof S3ReplyError)) return false;
  return error.status === 500 || error.status === 503 || error.status === 409 || error.code === "NoSuchBucket";
}

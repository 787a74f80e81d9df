import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { silentLogger, systemClock } from "@slipway/runtime";
import { testServer } from "@slipway/runtime/testing";
import type { Place } from "../contract/place.ts";
import type { ObjectStore } from "../object-store.ts";
import { listObjects } from "../s3/list-objects.ts";
import { S3Http } from "../s3/s3-http.ts";
import { readText } from "../s3/s3-reply-error.ts";
import { S3Signer } from "../s3/signer.ts";
import { openS3Objects, type S3Objects, type S3ObjectsOptions } from "../s3.ts";

/** Settings of the S3 server that the test run has. */
function s3TestSettings(): Pick<S3ObjectsOptions, "endpoint" | "region" | "accessKey" | "secretKey"> {
  const url = new URL(testServer("SLIPWAY_TEST_S3").replace(/^s3\+/, ""));
  const { SLIPWAY_S3_ACCESS_KEY: accessKey = "", SLIPWAY_S3_SECRET_KEY: secretKey = "" } = process.env;
  return { endpoint: url.origin, region: url.searchParams.get("region") ?? "us-east-1", accessKey, secretKey };
}

/** Where that server listens, for a proxy before it. */
export function s3TestAddress(): { host: string; port: number } {
  const { hostname, port } = new URL(s3TestSettings().endpoint);
  return { host: hostname, port: Number(port) };
}

/** A prefix for buckets that nobody else has. */
function freshBucketPrefix(): string {
  return `test-${randomBytes(6).toString("hex")}`;
}

/** `options` are what the test wants other than the server of the test run. */
export function openTestObjects(options: Partial<S3ObjectsOptions> & { bucketPrefix: string }): Promise<S3Objects> {
  return openS3Objects({ ...s3TestSettings(), log: silentLogger, ...options });
}

/**
 * Opens an instance in a test, also in another process, which finds it by its name (contract/place.ts).
 * @public
 */
export function open(bucketPrefix: string): Promise<ObjectStore> {
  return openTestObjects({ bucketPrefix });
}

/** Buckets of its own on the S3 server of the test run, as a place for the contract suite. */
export async function freshS3Place(): Promise<Place & { bucketPrefix: string }> {
  const bucketPrefix = freshBucketPrefix();
  return {
    bucketPrefix,
    open: () => open(bucketPrefix),
    opener: { moduleUrl: import.meta.url, argument: bucketPrefix },
    remove: () => removeBuckets(bucketPrefix),
  };
}

/** Calls to the server past the store under test. */
function rawS3(): S3Http {
  const settings = s3TestSettings();
  return new S3Http(new S3Signer({ ...settings, clock: systemClock }), settings.endpoint);
}

/** Removes the buckets with this prefix and all in them. */
async function removeBuckets(bucketPrefix: string): Promise<void> {
  const http = rawS3();
  const reply = await http.send({ method: "GET", bucket: "" }, { expected: [200] });
  const names = [...(await readText(reply, 8 * 1024 * 1024)).matchAll(/<Name>([^<]*)<\/Name>/g)];
  for (const [, bucket = ""] of names) {
    if (bucket.startsWith(`${bucketPrefix}-`)) await removeBucket(http, bucket);
  }
  http.close();
}

async function removeBucket(http: S3Http, bucket: string): Promise<void> {
  for await (const { key } of listObjects(http, bucket, "")) {
    await http.call({ method: "DELETE", bucket, key }, { expected: [204] });
  }
  await http.call({ method: "DELETE", bucket }, { expected: [204, 404] });
}

/** Waits until the store says that it serves. */
export async function untilServing(store: S3Objects): Promise<void> {
  await until(() => (store.missing().length === 0 ? true : undefined));
}

/** Waits until the store misses something that the pattern describes, and gives the words for it. */
export function untilMissing(store: S3Objects, pattern: RegExp): Promise<string> {
  return until(() => store.missing().find((missing) => pattern.test(missing)));
}

/** Waits until there is something to give; far shorter than for ever, so that a failed test does not keep the process. */
async function until<Value>(find: () => Value | undefined): Promise<Value> {
  const late = AbortSignal.timeout(30_000);
  for (;;) {
    const found = find();
    if (found !== undefined) return found;
    late.throwIfAborted();
    await sleep(5);
  }
}

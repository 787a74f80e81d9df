import { ObjectStoreError } from "../object-store-error.ts";
import type { S3Http } from "./s3-http.ts";
import { S3ReplyError } from "./s3-reply-error.ts";

/** Names that every S3 takes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET_NAME = /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** What leaves room for `-` and a tenant's uid of 36 characters. */
const PREFIX = /^[a-z0-9][a-z0-9-]{0,25}$/;

/** Where S3 wants no location in the request that makes a bucket. */
const FIRST_REGION = "us-east-1";

/** The buckets of an installation: one per tenant, `<prefix>-<tenant uid>`, made when it is first needed. */
export class Buckets {
  readonly #http: S3Http;
  readonly #prefix: string;
  readonly #region: string;
  /** Buckets that are there, or are being looked for and made. */
  readonly #known = new Map<string, Promise<void>>();

  /** Throws INVALID for a prefix that cannot begin the name of a bucket. */
  constructor(http: S3Http, prefix: string, region: string) {
    if (!PREFIX.test(prefix)) {
      throw new ObjectStoreError(
        "INVALID",
        `The bucket prefix ${JSON.stringify(prefix)} is malformed: use 1 to 26 characters a-z 0-9 -, not beginning with -.`,
      );
    }
    this.#http = http;
    this.#prefix = prefix;
    this.#region = region;
  }

  /** The bucket of a tenant; throws INVALID for a tenant that cannot be part of a bucket's name. */
  nameOf(tenant: string): string {
    const name = `${this.#prefix}-${tenant}`;
    if (BUCKET_NAME.test(name)) return name;
    throw new ObjectStoreError(
      "INVALID",
      `No bucket can be named ${JSON.stringify(name)}: use at most 63 characters a-z 0-9 . - for prefix and tenant.`,
    );
  }

  /** Makes the bucket unless it is there. Rejects with errors of S3Http, and BucketNotMadeError. */
  async ensure(bucket: string): Promise<void> {
    let known = this.#known.get(bucket);
    if (known === undefined) {
      known = this.#make(bucket);
      this.#known.set(bucket, known);
      known.catch(() => this.#known.delete(bucket));
    }
    await known;
  }

  /** Forgets a bucket that turned out to be gone. */
  forget(bucket: string): void {
    this.#known.delete(bucket);
  }

  async #make(bucket: string): Promise<void> {
    // Any other answer than "not there" leaves it to the put, whose reply says more than one to HEAD can.
    const { statusCode } = await this.#http.call({ method: "HEAD", bucket }, { expected: [200, 301, 400, 403, 404] });
    if (statusCode !== 404) return;
    try {
      const body = Buffer.from(this.#region === FIRST_REGION ? "" : locationXml(this.#region));
      const headers = { "content-length": String(body.byteLength) };
      await this.#http.call({ method: "PUT", bucket, headers }, { body, expected: [200] });
    } catch (error) {
      const isMade = error instanceof S3ReplyError && error.code === "BucketAlreadyOwnedByYou"; // by another instance
      if (!isMade) throw error instanceof S3ReplyError ? new BucketNotMadeError(bucket, error) : error;
    }
  }
}

/** The store refuses to make a bucket. */
export class BucketNotMadeError extends S3ReplyError {
  readonly bucket: string;

  constructor(bucket: string, { status, code, text }: S3ReplyError) {
    super(status, code, text);
    this.bucket = bucket;
  }
}

function locationXml(region: string): string {
  const namespace = "http://s3.amazonaws.com/doc/2006-03-01/";
  const location = `<LocationConstraint>${region}</LocationConstraint>`;
  return `<CreateBucketConfiguration xmlns="${namespace}">${location}</CreateBucketConfiguration>`;
}

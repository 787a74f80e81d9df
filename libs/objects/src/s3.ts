import { type Clock, type Ids, type Logger, systemClock, systemIds } from "@slipway/runtime";
import { checkObjectBytes, parseKey, parsePrefix } from "./object-key.ts";
import type { ByteRange, ObjectEntry, ObjectStore } from "./object-store.ts";
import { ObjectStoreError } from "./object-store-error.ts";
import type { PresignedObjects, PresignedRequest } from "./presigned-objects.ts";
import { Availability } from "./s3/availability.ts";
import { Buckets } from "./s3/buckets.ts";
import { explain, needsOperator, translateError } from "./s3/explain.ts";
import { listObjects } from "./s3/list-objects.ts";
import { metadataOf, putObject } from "./s3/put-object.ts";
import { type ObjectAddress, rangeHeader, readPieces, readWhole } from "./s3/read-object.ts";
import { S3ConnectionError, S3Http, type S3Timeouts } from "./s3/s3-http.ts";
import { S3Signer } from "./s3/signer.ts";
import { keyOfStored, storedKey } from "./s3/stored-key.ts";

/** The tenant of the platform's own objects: its bucket shows at once whether buckets can be made. */
const PLATFORM = "platform";

/** A look at the store must not take longer than people wait for an answer. */
const LOOK_TIMEOUTS: S3Timeouts = { connectMs: 2_000, silenceMs: 3_000 };

export interface S3ObjectsOptions {
  /** `http://host:port` or `https://host`. */
  endpoint: string;
  region: string;
  /** Buckets are `<bucketPrefix>-<tenant uid>`; at most 26 characters a-z, 0-9 and -, beginning with a letter or digit. */
  bucketPrefix: string;
  accessKey: string;
  secretKey: string;
  log: Logger;
  clock?: Clock;
  ids?: Ids;
  /** Defaults: 2 s until there is a connection, 15 s of silence. */
  timeouts?: Partial<S3Timeouts>;
}

/** An ObjectStore that may be away for a while. */
export interface S3Objects extends ObjectStore, PresignedObjects {
  /** What keeps the store from serving, in words for an operator; empty when it serves. */
  missing(): string[];
}

/**
 * Objects in any S3. Resolves at once, whether the store is there or not, and looks for it in the background; rejects with
 * INVALID for a malformed prefix. A put sends `If-None-Match: *` and a CRC-32, which the store must honour (Amazon S3 and
 * MinIO do).
 */
export async function openS3Objects(options: S3ObjectsOptions): Promise<S3Objects> {
  return new S3ObjectStore(options);
}

class S3ObjectStore implements S3Objects {
  readonly #endpoint: string;
  readonly #signer: S3Signer;
  readonly #http: S3Http;
  readonly #buckets: Buckets;
  readonly #ids: Ids;
  readonly #lookTimeouts: S3Timeouts;
  readonly #availability: Availability;
  readonly #underWay = new Set<Promise<unknown>>();
  #closed: Promise<void> | undefined;

  constructor(options: S3ObjectsOptions) {
    const { endpoint, region, bucketPrefix, log, clock = systemClock, ids = systemIds, timeouts = {} } = options;
    this.#endpoint = endpoint;
    this.#signer = new S3Signer({ ...options, clock });
    this.#http = new S3Http(this.#signer, endpoint, timeouts);
    this.#buckets = new Buckets(this.#http, bucketPrefix, region);
    this.#ids = ids;
    this.#lookTimeouts = { ...LOOK_TIMEOUTS, ...timeouts };
    this.#availability = new Availability({ look: () => this.#look(), log });
  }

  missing(): string[] {
    const { missing } = this.#availability;
    return missing === undefined ? [] : [missing];
  }

  put(key: string, bytes: Uint8Array): Promise<"STORED" | "EXISTS"> {
    return this.#run(`write the object ${key}`, () => {
      const address = this.#addressOf(key);
      checkObjectBytes(key, bytes);
      const ports = { http: this.#http, buckets: this.#buckets, ids: this.#ids };
      return putObject(ports, address.bucket, address.key, bytes);
    });
  }

  async *get(key: string, range?: ByteRange): AsyncGenerator<Uint8Array, void> {
    this.#assertServing(`read the object ${key}`);
    try {
      yield* readPieces(this.#http, this.#addressOf(key), range);
    } catch (error) {
      throw this.#translate(error, `read the object ${key}`);
    }
  }

  read(key: string, range?: ByteRange): Promise<Uint8Array> {
    return this.#run(`read the object ${key}`, () => readWhole(this.#http, this.#addressOf(key), range));
  }

  stat(key: string): Promise<{ sizeBytes: number } | undefined> {
    return this.#run(`look up the object ${key}`, async () => {
      const address = this.#addressOf(key);
      const found = await metadataOf(this.#http, address.bucket, address.key);
      return found && { sizeBytes: Number(found["content-length"]) };
    });
  }

  delete(key: string): Promise<void> {
    return this.#run(`delete the object ${key}`, async () => {
      const address = this.#addressOf(key);
      await this.#http.call({ method: "DELETE", ...address }, { expected: [200, 204, 404] });
    });
  }

  async *list(prefix: string): AsyncGenerator<ObjectEntry, void> {
    this.#assertServing(`list the objects under ${prefix}`);
    const { parts, partial } = parsePrefix(prefix);
    const [tenant = "", ...rest] = parts;
    try {
      const bucket = this.#buckets.nameOf(tenant);
      for await (const { key, sizeBytes } of listObjects(this.#http, bucket, [...rest, partial].join("/"))) {
        const entry = { key: `${tenant}/${keyOfStored(key)}`, sizeBytes };
        if (keyOfStored(key) !== undefined && entry.key.startsWith(prefix)) yield entry;
      }
    } catch (error) {
      throw this.#translate(error, `list the objects under ${prefix}`);
    }
  }

  presignPut(key: string, sha256: string, expiresSeconds: number): Promise<PresignedRequest> {
    return this.#run(`prepare the upload of ${key}`, async () => {
      const address = this.#addressOf(key);
      await this.#buckets.ensure(address.bucket);
      const checksum = Buffer.from(sha256, "hex").toString("base64");
      const headers = { "if-none-match": "*", "x-amz-checksum-sha256": checksum };
      return this.#presign("PUT", address, headers, expiresSeconds);
    });
  }

  presignGet(key: string, expiresSeconds: number, range?: ByteRange): Promise<PresignedRequest> {
    return this.#run(`prepare the download of ${key}`, async () => {
      const headers = range === undefined ? {} : rangeHeader(range);
      return this.#presign("GET", this.#addressOf(key), headers, expiresSeconds);
    });
  }

  close(): Promise<void> {
    this.#closed ??= (async () => {
      await Promise.allSettled(this.#underWay);
      const stopped = this.#availability.stop();
      this.#http.close(); // ends a look at a store that hangs
      await stopped;
    })();
    return this.#closed;
  }

  #addressOf(key: string): ObjectAddress {
    const [tenant = "", ...rest] = parseKey(key);
    return { name: key, bucket: this.#buckets.nameOf(tenant), key: storedKey(rest) };
  }

  #presign(
    method: "PUT" | "GET",
    { bucket, key }: ObjectAddress,
    headers: Record<string, string>,
    expiresSeconds: number,
  ): PresignedRequest {
    const url = this.#signer.presigned({ method, bucket, key, headers }, expiresSeconds);
    return { method, url, headers };
  }

  async #run<T>(doing: string, work: () => Promise<T>): Promise<T> {
    this.#assertServing(doing);
    const result = (async () => work())(); // async: what is thrown before the first await counts too
    this.#underWay.add(result);
    try {
      return await result;
    } catch (error) {
      throw this.#translate(error, doing);
    } finally {
      this.#underWay.delete(result);
    }
  }

  #assertServing(doing: string): void {
    if (this.#closed !== undefined) throw new ObjectStoreError("UNAVAILABLE", "The object store is closed.");
    if (!this.#availability.isAway) return;
    throw new ObjectStoreError("UNAVAILABLE", `Could not ${doing}: ${this.#availability.missing}.`);
  }

  #translate(error: unknown, doing: string): ObjectStoreError {
    if (error instanceof S3ConnectionError || needsOperator(error)) this.#availability.suspect();
    return translateError(this.#endpoint, error, doing);
  }

  /** Asks for the first key of the platform's bucket, and makes the bucket: what a tenant's first push will need. */
  async #look(): Promise<{ missing?: string; isAway?: boolean }> {
    const bucket = this.#buckets.nameOf(PLATFORM);
    const { replies } = this.#http;
    try {
      const call = { method: "GET", bucket, query: "list-type=2&max-keys=1" } as const;
      const { statusCode } = await this.#http.call(call, { expected: [200, 404], timeouts: this.#lookTimeouts });
      if (statusCode === 200) return {};
      this.#buckets.forget(bucket);
      await this.#buckets.ensure(bucket);
      return {};
    } catch (error) {
      const isAway = error instanceof S3ConnectionError;
      if (isAway && this.#http.replies > replies) return {}; // it is busy, and answers others
      return { missing: explain(this.#endpoint, error), isAway };
    }
  }
}

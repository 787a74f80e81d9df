import { createHash } from "node:crypto";
import { expect } from "chai";
import { sampleBytes } from "./contract/sample.ts";
import type { PresignedRequest } from "./presigned-objects.ts";
import type { S3Objects } from "./s3.ts";
import { freshS3Place, openTestObjects } from "./testing/s3-place.ts";

const EXPIRES_SECONDS = 60;

describe("S3: presigned requests", () => {
  let place: Awaited<ReturnType<typeof freshS3Place>>;
  let store: S3Objects;
  const bytes = sampleBytes("presigned", 3000);
  const sha256 = createHash("sha256").update(bytes).digest("hex");

  beforeEach(async () => {
    place = await freshS3Place();
    store = await openTestObjects(place);
  });
  afterEach(async () => {
    await store.close();
    await place.remove();
  });

  function send({ method, url, headers }: PresignedRequest, body?: Uint8Array): Promise<Response> {
    return fetch(url, { method, headers, ...(body && { body: body as Uint8Array<ArrayBuffer> }) });
  }

  it("stores the promised bytes without credentials, once", async () => {
    const put = await store.presignPut("t/a", sha256, EXPIRES_SECONDS);
    expect((await send(put, bytes)).status).to.equal(200);
    expect((await send(put, bytes)).status).to.equal(412);
    expect(await store.read("t/a")).to.deep.equal(Buffer.from(bytes));
    expect(await store.put("t/a", bytes)).to.equal("EXISTS");
  });

  it("stores no other bytes, whatever the client makes of the headers", async () => {
    const put = await store.presignPut("t/a", sha256, EXPIRES_SECONDS);
    const other = sampleBytes("other", 3000);
    const { "x-amz-checksum-sha256": _left, ...without } = put.headers;
    const ofOther = createHash("sha256").update(other).digest("base64");
    const attempts = [put.headers, without, { ...without, "x-amz-checksum-sha256": ofOther }];
    for (const headers of attempts) {
      const reply = await send({ ...put, headers }, other);
      expect(reply.status).to.be.oneOf([400, 403]);
    }
    expect((await send(put, bytes.subarray(1))).status).to.equal(400);
    expect(await store.stat("t/a")).to.equal(undefined);
  });

  it("does not replace an object, also without the header that says so", async () => {
    await store.put("t/a", sampleBytes("first", 10));
    const put = await store.presignPut("t/a", sha256, EXPIRES_SECONDS);
    const { "if-none-match": _left, ...without } = put.headers;
    expect((await send({ ...put, headers: without }, bytes)).status).to.be.oneOf([400, 403]);
    expect(await store.read("t/a")).to.deep.equal(sampleBytes("first", 10));
  });

  it("reads an object and a range of it", async () => {
    await store.put("t/a", bytes);
    const whole = await send(await store.presignGet("t/a", EXPIRES_SECONDS));
    expect(Buffer.compare(Buffer.from(await whole.arrayBuffer()), bytes)).to.equal(0);
    const part = await send(await store.presignGet("t/a", EXPIRES_SECONDS, { offset: 10, length: 20 }));
    expect(part.status).to.equal(206);
    expect(Buffer.compare(Buffer.from(await part.arrayBuffer()), bytes.subarray(10, 30))).to.equal(0);
  });

  it("does nothing once it has expired, and opens no other key", async () => {
    const longAgo = await openTestObjects({ ...place, clock: { nowMs: () => Date.now() - 10 * 60 * 1000 } });
    await store.put("t/a", bytes);
    await store.put("t/b", bytes);
    expect((await send(await longAgo.presignGet("t/a", EXPIRES_SECONDS))).status).to.equal(403);
    const get = await store.presignGet("t/a", EXPIRES_SECONDS);
    expect((await send({ ...get, url: get.url.replace("/a.DATA", "/b.DATA") })).status).to.equal(403);
    expect((await send({ ...get, method: "PUT" }, bytes)).status).to.equal(403);
    await longAgo.close();
  });
});

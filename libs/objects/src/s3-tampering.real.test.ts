import { expect } from "chai";
import { collect, listed, rejection, sampleBytes } from "./contract/sample.ts";
import type { S3Objects } from "./s3.ts";
import { freshS3Place, openTestObjects, s3TestAddress, untilServing } from "./testing/s3-place.ts";
import { type Exchange, TamperingProxy } from "./testing/tampering-proxy.ts";

const KIB = 1024;

describe("S3: a store that does not tell the truth", () => {
  let place: Awaited<ReturnType<typeof freshS3Place>>;
  let proxy: TamperingProxy;
  let store: S3Objects;
  const bytes = sampleBytes("true", 100 * KIB);
  const range = { offset: KIB, length: 50 * KIB };

  beforeEach(async () => {
    place = await freshS3Place();
    proxy = await TamperingProxy.before(s3TestAddress());
    store = await openTestObjects({ ...place, endpoint: proxy.endpoint });
    await untilServing(store);
    await store.put("t/a/object", bytes);
  });
  afterEach(async () => {
    proxy.tamper = () => undefined;
    await store.close();
    await proxy.close();
    await place.remove();
  });

  function onRead(change: (exchange: Exchange) => ReturnType<TamperingProxy["tamper"]>): void {
    proxy.tamper = (exchange) =>
      exchange.method === "GET" && exchange.path.includes("/a/object") ? change(exchange) : undefined;
  }

  it("never gives an object short, however the store shortens it", async () => {
    onRead(({ body }) => ({ body: body.subarray(0, -1) }));
    for (const part of [undefined, range]) {
      expect(await rejection(store.read("t/a/object", part))).to.equal("UNAVAILABLE");
      expect(await rejection(collect(store.get("t/a/object", part)))).to.equal("UNAVAILABLE");
    }
    onRead(() => ({ body: Buffer.alloc(0) }));
    for (const part of [undefined, range]) {
      expect(await rejection(store.read("t/a/object", part))).to.equal("UNAVAILABLE");
    }
  });

  it("does not take other bytes for the object, nor another range or the whole for a range", async () => {
    onRead(({ body }) => ({ body: Buffer.from(body).fill("x", 10, 11) }));
    expect(await rejection(store.read("t/a/object"))).to.equal("UNAVAILABLE");
    expect(await rejection(collect(store.get("t/a/object")))).to.equal("UNAVAILABLE");
    onRead(() => ({ status: 200, body: Buffer.from(bytes) }));
    expect(await rejection(store.read("t/a/object", range))).to.equal("UNAVAILABLE");
    onRead(({ headers }) => ({ headers: { ...headers, "content-range": `bytes 0-${50 * KIB - 1}/${100 * KIB}` } }));
    expect(await rejection(store.read("t/a/object", range))).to.equal("UNAVAILABLE");
  });

  it("takes an absence only from S3 itself, not from whoever else answers 404", async () => {
    onRead(() => ({ status: 404, body: Buffer.from("<html>no such page</html>") }));
    expect(await rejection(store.read("t/a/object"))).to.equal("UNAVAILABLE");
    onRead(() => ({ status: 404, body: Buffer.from("<Error><Code>NoSuchKey</Code></Error>") }));
    expect(await rejection(store.read("t/a/object"))).to.equal("NOT_FOUND");
  });

  it("finds, reads and keeps an object that is listed late", async () => {
    proxy.tamper = ({ path, body }) =>
      path.includes("list-type=2")
        ? { body: Buffer.from(`${body}`.replace(/<Contents>.*<\/Contents>/s, "")) }
        : undefined;
    expect(await listed(store, "t/")).to.deep.equal([]);
    expect(await store.stat("t/a/object")).to.deep.equal({ sizeBytes: bytes.byteLength });
    expect(Buffer.compare(await store.read("t/a/object"), bytes)).to.equal(0);
    expect(await store.put("t/a/object", sampleBytes("other", 10))).to.equal("EXISTS");
  });

  it("does not take part of a list for all of it", async () => {
    for (let n = 0; n < 5; n += 1) await store.put(`t/b/${n}`, sampleBytes("x", 10));
    const cuts = [/<\/ListBucketResult>/, /<\/Contents>/, /<IsTruncated>false<\/IsTruncated>/];
    for (const cut of cuts) {
      proxy.tamper = ({ path, body }) => {
        const at = path.includes("list-type=2") ? `${body}`.search(cut) : -1;
        return at < 0 ? undefined : { body: body.subarray(0, at) };
      };
      expect(await rejection(listed(store, "t/")), String(cut)).to.equal("UNAVAILABLE");
    }
    proxy.tamper = ({ body }) => ({ body: Buffer.from(`${body}`.replace("<IsTruncated>false", "<IsTruncated>true")) });
    expect(await rejection(listed(store, "t/"))).to.equal("UNAVAILABLE");
  });

  it("waits and tries again where the store asks to slow down, and says so when it does not end", async () => {
    let refusals = 2;
    proxy.tamper = ({ method }) =>
      method === "PUT" && refusals-- > 0
        ? { status: 503, body: Buffer.from("<Error><Code>SlowDown</Code></Error>") }
        : undefined;
    expect(await store.put("t/slow", sampleBytes("slow", 10))).to.equal("STORED");
    refusals = Number.POSITIVE_INFINITY;
    expect(await rejection(store.put("t/slower", sampleBytes("slow", 10)))).to.equal("UNAVAILABLE");
  });

  it("does not take a store for away that is slow to list and answers everything else", async () => {
    const never = Promise.withResolvers<undefined>();
    proxy.tamper = ({ path }) => (path.includes("list-type=2") ? never.promise : undefined);
    const timeouts = { connectMs: 1000, silenceMs: 500 };
    const busy = await openTestObjects({ ...place, endpoint: proxy.endpoint, timeouts });
    let isOpen = true;
    const reading = (async () => {
      while (isOpen) await busy.read("t/a/object");
    })();
    await untilServing(busy);
    isOpen = false;
    await reading;
    never.resolve(undefined);
    await busy.close();
  });

  it("says FULL where the store has no room", async () => {
    proxy.tamper = ({ method }) =>
      method === "PUT"
        ? { status: 507, body: Buffer.from("<Error><Code>XMinioStorageFull</Code></Error>") }
        : undefined;
    expect(await rejection(store.put("t/full", sampleBytes("full", 10)))).to.equal("FULL");
  });
});

import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { minioCredentials, startMinio } from "../../../test/real/servers/minio-server.ts";
import { rejection, sampleBytes } from "./contract/sample.ts";
import { ObjectStoreError } from "./object-store-error.ts";
import type { S3Objects, S3ObjectsOptions } from "./s3.ts";
import { freshS3Place, openTestObjects, s3TestAddress, untilMissing, untilServing } from "./testing/s3-place.ts";
import { TamperingProxy } from "./testing/tampering-proxy.ts";

describe("S3: settings that no waiting heals", () => {
  let place: Awaited<ReturnType<typeof freshS3Place>>;
  const ended: (() => Promise<unknown>)[] = [];

  beforeEach(async () => {
    place = await freshS3Place();
  });
  afterEach(async () => {
    for (const end of ended.splice(0).reverse()) await end();
    await place.remove();
  });

  async function open(options: Partial<S3ObjectsOptions> = {}): Promise<S3Objects> {
    const store = await openTestObjects({ ...place, ...options });
    ended.push(() => store.close());
    return store;
  }

  async function messageOf(work: Promise<unknown>): Promise<string> {
    const error = await work.then(() => undefined).catch((thrown: unknown) => thrown);
    return error instanceof ObjectStoreError && error.kind === "UNAVAILABLE" ? error.message : expect.fail();
  }

  it("says that the access key or the secret key is wrong, and never shows them", async () => {
    const wrongKey = await open({ accessKey: "nobody-knows" });
    expect(await untilMissing(wrongKey, /access key/)).to.contain("SLIPWAY_S3_ACCESS_KEY");
    const wrongSecret = await open({ secretKey: "wrong-secret" });
    expect(await untilMissing(wrongSecret, /signature/))
      .to.contain("SLIPWAY_S3_SECRET_KEY")
      .and.not.contain("wrong-s");
    for (const store of [wrongKey, wrongSecret]) {
      expect(await messageOf(store.put("t/a", sampleBytes("a", 1)))).to.match(/check SLIPWAY_S3_/);
      expect(await messageOf(store.read("t/a"))).to.match(/check SLIPWAY_S3_/);
    }
  });

  it("says that the clocks differ", async () => {
    const store = await open({ clock: { nowMs: () => Date.now() - 60 * 60 * 1000 } });
    expect(await untilMissing(store, /time/)).to.contain("set both clocks");
  });

  it("says that a bucket cannot be made, and what to do; goes on as soon as it is there", async () => {
    const proxy = await TamperingProxy.before(s3TestAddress());
    ended.push(() => proxy.close());
    let isForbidden = true;
    const body = Buffer.from("<Error><Code>AccessDenied</Code><Message>Access Denied.</Message></Error>");
    proxy.tamper = ({ method, path }) => {
      const isBucket = path.split("/").length === 2;
      if (!isForbidden || !isBucket) return undefined;
      // The real one has made it by now; let the bucket be unseen all the same.
      return method === "PUT" ? { status: 403, body } : { status: 404, body: Buffer.from("") };
    };
    const store = await open({ endpoint: proxy.endpoint });
    expect(await untilMissing(store, /does not allow/)).to.contain(`${place.bucketPrefix}-platform`);
    expect(await messageOf(store.put("t/a", sampleBytes("a", 1)))).to.contain(`${place.bucketPrefix}-t`);
    isForbidden = false;
    await untilServing(store);
    expect(await store.put("t/a", sampleBytes("a", 1))).to.equal("STORED");
  });

  it("makes a bucket again that was removed, and that two make at once", async () => {
    const [one, other] = [await open(), await open()];
    const tenant = randomUUID();
    const puts = [one, other].map((store, n) => store.put(`${tenant}/${n}`, sampleBytes("a", 1)));
    expect(await Promise.all(puts)).to.deep.equal(["STORED", "STORED"]);
    await place.remove();
    expect(await one.stat(`${tenant}/0`)).to.equal(undefined);
    expect(await one.put(`${tenant}/0`, sampleBytes("a", 1))).to.equal("STORED");
  });

  it("refuses a prefix that begins no bucket's name, and a tenant that cannot end one", async () => {
    for (const bucketPrefix of ["", "Slipway", "-slipway", "s".repeat(27), "slip_way"]) {
      expect(await rejection(openTestObjects({ bucketPrefix })), bucketPrefix).to.equal("INVALID");
    }
    const store = await open();
    for (const tenant of ["t_1", "t-", "n".repeat(60)]) {
      expect(await rejection(store.put(`${tenant}/a`, sampleBytes("a", 1))), tenant).to.equal("INVALID");
    }
  });

  it("keeps what it acknowledged when the server is killed, and goes on after its restart", async () => {
    const server = await startMinio();
    ended.push(() => server.remove());
    const store = await open({ endpoint: `http://127.0.0.1:${server.port}`, ...minioCredentials });
    await untilServing(store);
    const outcomes = new Map<string, string>();
    const putting = Array.from({ length: 40 }, async (_, n) => {
      const outcome = await store
        .put(`t/${n}`, sampleBytes(`${n}`, 300_000))
        .catch((error: ObjectStoreError) => error.kind);
      outcomes.set(`t/${n}`, outcome);
      if (outcomes.size === 5) await server.kill();
    });
    await Promise.all(putting);
    expect(await rejection(store.read("t/0"))).to.equal("UNAVAILABLE");
    await server.start();
    await untilServing(store);
    for (const [key, outcome] of outcomes) {
      const found = await store.stat(key);
      if (outcome === "STORED") expect(found).to.deep.equal({ sizeBytes: 300_000 });
      if (found !== undefined) expect(await store.read(key)).to.deep.equal(sampleBytes(key.slice(2), 300_000));
    }
    expect([...outcomes.values()]).to.include("STORED");
  });
});

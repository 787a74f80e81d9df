import { FaultyProxy } from "@slipway/runtime/testing";
import { expect } from "chai";
import { collect, listed, rejection, sampleBytes } from "./contract/sample.ts";
import type { S3Objects } from "./s3.ts";
import { freshS3Place, openTestObjects, s3TestAddress, untilMissing, untilServing } from "./testing/s3-place.ts";

const MIB = 1024 * 1024;
const TIMEOUTS = { connectMs: 300, silenceMs: 300 };

describe("S3: a network that fails", () => {
  let place: Awaited<ReturnType<typeof freshS3Place>>;
  let proxy: FaultyProxy;
  let store: S3Objects;
  /** Past the proxy. */
  let beside: S3Objects;

  beforeEach(async () => {
    place = await freshS3Place();
    proxy = await FaultyProxy.before(s3TestAddress());
    store = await through();
    beside = await openTestObjects(place);
    await Promise.all([untilServing(store), untilServing(beside)]);
    await store.put("t/there", sampleBytes("there", 10));
  });
  afterEach(async () => {
    await Promise.all([store.close(), beside.close()]);
    await proxy.close();
    await place.remove();
  });

  function through(): Promise<S3Objects> {
    const { bucketPrefix } = place;
    return openTestObjects({ bucketPrefix, endpoint: `http://127.0.0.1:${proxy.port}`, timeouts: TIMEOUTS });
  }

  /** Cuts the next connection that the pattern is seen on in this direction, once. */
  function cutAt(direction: "up" | "down", pattern: RegExp, keptBytes = 0): void {
    proxy.judge = (piece) => {
      if (piece.direction !== direction || !pattern.test(piece.bytes.toString("latin1"))) return "pass";
      proxy.judge = () => "pass";
      return { cutAfterBytes: keptBytes };
    };
  }

  it("rejects a put that is cut in the middle, shows nothing of it, and stores it the next time", async () => {
    const bytes = sampleBytes("cut", 4 * MIB);
    let sentBytes = 0;
    proxy.judge = ({ bytes: piece, direction }) => {
      if (direction === "up") sentBytes += piece.byteLength;
      return sentBytes > 2 * MIB ? { cutAfterBytes: 1000 } : "pass";
    };
    expect(await rejection(store.put("t/cut", bytes))).to.equal("UNAVAILABLE");
    proxy.judge = () => "pass";
    await untilServing(store);
    expect(await beside.stat("t/cut")).to.equal(undefined);
    expect(await listed(beside, "t/")).to.deep.equal([["t/there", 10]]);
    expect(await store.put("t/cut", bytes)).to.equal("STORED");
    expect(Buffer.compare(await beside.read("t/cut"), bytes)).to.equal(0);
  });

  it("says STORED when it was stored and only the reply was lost", async () => {
    cutAt("down", /^HTTP\/1\.1 200/);
    expect(await store.put("t/lost", sampleBytes("lost", MIB))).to.equal("STORED");
    expect(await beside.put("t/lost", sampleBytes("other", 5))).to.equal("EXISTS");
  });

  it("says EXISTS when the reply was lost and somebody else had stored it", async () => {
    await beside.put("t/theirs", sampleBytes("theirs", 10));
    cutAt("down", /^HTTP\/1\.1 412/);
    expect(await store.put("t/theirs", sampleBytes("ours", 10))).to.equal("EXISTS");
    expect(await store.read("t/theirs")).to.deep.equal(sampleBytes("theirs", 10));
  });

  it("throws when an object is cut while it is read, after whole pieces only", async () => {
    const bytes = sampleBytes("long", 8 * MIB);
    await store.put("t/long", bytes);
    for (const range of [undefined, { offset: 0, length: 8 * MIB }]) {
      let receivedBytes = 0;
      proxy.judge = ({ bytes: piece, direction }) => {
        if (direction === "down") receivedBytes += piece.byteLength;
        return receivedBytes > 5 * MIB ? { cutAfterBytes: 10 } : "pass";
      };
      let wholeBytes = 0;
      const reading = (async () => {
        for await (const piece of store.get("t/long", range)) {
          expect(Buffer.compare(piece, bytes.subarray(wholeBytes, wholeBytes + MIB))).to.equal(0);
          wholeBytes += piece.byteLength;
        }
      })();
      expect(await rejection(reading)).to.equal("UNAVAILABLE");
      expect(wholeBytes).to.be.lessThan(8 * MIB);
      receivedBytes = 0;
      expect(await rejection(store.read("t/long", range))).to.equal("UNAVAILABLE");
      proxy.judge = () => "pass";
      await untilServing(store);
    }
    expect(await collect(store.get("t/long"))).to.have.length(8);
  });

  it("does not mind that all its kept connections were cut", async () => {
    await Promise.all(Array.from({ length: 20 }, (_, n) => store.put(`t/${n}`, sampleBytes(`${n}`, 10))));
    for (let round = 0; round < 5; round += 1) {
      proxy.cut();
      expect(await store.read("t/there")).to.deep.equal(sampleBytes("there", 10));
      expect(await store.put(`t/round-${round}`, sampleBytes("round", 10))).to.equal("STORED");
    }
  });

  it("opens while the server is away, fails fast, and serves by itself as soon as it is there", async () => {
    await proxy.refuse();
    const early = await through();
    expect(early.missing()).to.have.length(1);
    expect(await untilMissing(early, /cannot be reached/)).to.contain(`127.0.0.1:${proxy.port}`);
    for (const call of [
      early.put("t/a", sampleBytes("a", 1)),
      early.read("t/a"),
      early.stat("t/a"),
      early.delete("t/a"),
    ]) {
      expect(await rejection(call)).to.equal("UNAVAILABLE");
    }
    expect(await rejection(listed(early, "t/"))).to.equal("UNAVAILABLE");
    expect(await rejection(collect(early.get("t/a")))).to.equal("UNAVAILABLE");
    await proxy.accept();
    await untilServing(early);
    expect(await early.put("t/a", sampleBytes("a", 1))).to.equal("STORED");
    await early.close();
  });

  it("gives up on a server that hangs, fails at once from then on, and goes on when it answers again", async () => {
    proxy.stall();
    expect(await rejection(store.read("t/there"))).to.equal("UNAVAILABLE");
    await untilMissing(store, /no answer within/);
    for (let index = 0; index < 1000; index += 1) {
      expect(await rejection(store.put(`t/${index}`, sampleBytes("x", 1)))).to.equal("UNAVAILABLE");
    }
    proxy.resume();
    await untilServing(store);
    expect(await store.read("t/there")).to.deep.equal(sampleBytes("there", 10));
  });

  it("lets a reader be slower than the server may be silent", async () => {
    await store.put("t/slow", sampleBytes("slow", 16 * MIB));
    let pieces = 0;
    for await (const piece of store.get("t/slow")) {
      expect(piece.byteLength).to.equal(MIB);
      if (pieces++ === 0) await new Promise((resolve) => setTimeout(resolve, 3 * TIMEOUTS.silenceMs));
    }
    expect(pieces).to.equal(16);
  });
});

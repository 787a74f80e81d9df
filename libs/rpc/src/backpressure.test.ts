import { expect } from "chai";
import { onEachTransport } from "../testing/on-each-transport.ts";

const PIECE = new Uint8Array(1024 * 1024);

/** Far more than windows (8 MiB a stream), stream buffers (16 messages) and our own (2 MiB) can hold together. */
const PIECES = 200;

/** What may lie between a writer and a reader that does not read, in MiB. */
const BOUND = 64;

/** Waits until a count has stopped growing over many turns of the event loop. */
async function settled(count: () => number): Promise<number> {
  let last = -1;
  for (let same = 0; same < 20; ) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    same = count() === last ? same + 1 : 0;
    last = count();
  }
  return last;
}

onEachTransport("backpressure", (start) => {
  it("makes the client wait while the handler does not read", async () => {
    let written = 0;
    const read = Promise.withResolvers<void>();
    const client = await start({
      upload: async (requests) => {
        await read.promise;
        let sizeBytes = 0n;
        for await (const { part } of requests) if (part.case === "data") sizeBytes += BigInt(part.value.byteLength);
        return { sizeBytes };
      },
    });
    const answer = client.upload(
      (async function* () {
        for (; written < PIECES; written++) yield { part: { case: "data" as const, value: PIECE } };
      })(),
    );
    expect(await settled(() => written)).to.be.lessThan(BOUND);
    read.resolve();
    expect((await answer).sizeBytes).to.equal(BigInt(PIECES * PIECE.byteLength));
  });

  it("makes the handler wait while the client does not read", async () => {
    let written = 0;
    const client = await start({
      download: async function* () {
        for (; written < PIECES; written++) yield { data: PIECE };
      },
    });
    const answers = client.download({})[Symbol.asyncIterator]();
    let received = 0;
    const take = async () => {
      const { done, value } = await answers.next();
      if (done !== true) received += value.data.byteLength;
      return done !== true;
    };
    await take();
    expect(await settled(() => written)).to.be.lessThan(BOUND);
    while (await take());
    expect(received).to.equal(PIECES * PIECE.byteLength);
  });
});

import { createHash, randomBytes } from "node:crypto";
import { expect } from "chai";
import { onEachTransport } from "../testing/on-each-transport.ts";

/** Around the bounds below which messages are kept by the client or come out of a pool, up to usual ones. */
const SIZES_BYTES = [1, 4095, 65_530, 65_531, 65_536, 65_537, 70_000, 1024 * 1024, 17, 1024 * 1024, 3_000_000];

function pieces(): Buffer[] {
  return [...SIZES_BYTES, ...SIZES_BYTES.toReversed()].map((size) => randomBytes(size));
}

function sha256Of(parts: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

onEachTransport("byte streams", (start) => {
  it("bring the bytes that were sent to a handler, from before there is a connection on", async () => {
    const sent = pieces();
    const expected = sha256Of(sent);
    const received: Uint8Array[] = [];
    const client = await start({
      upload: async (requests) => {
        for await (const { part } of requests) if (part.case === "data") received.push(part.value);
        return {};
      },
    });
    await client.upload(
      (async function* () {
        for (const value of sent) yield { part: { case: "data" as const, value } };
      })(),
    );
    expect(sha256Of(received)).to.equal(expected);
    expect(sha256Of(sent), "what the sender still has").to.equal(expected);
  });

  it("bring the bytes that a handler sent to the client", async () => {
    const sent = pieces();
    const client = await start({
      download: async function* () {
        for (const data of sent) yield { data };
      },
    });
    const received: Uint8Array[] = [];
    for await (const { data } of client.download({})) received.push(data);
    expect(sha256Of(received)).to.equal(sha256Of(sent));
  });
});

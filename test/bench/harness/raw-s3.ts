import { once } from "node:events";
import { open } from "node:fs/promises";
import { Agent, type IncomingMessage, request } from "node:http";
import { testServer } from "@slipway/runtime/testing";
import { Client } from "minio";
import { together } from "./together.ts";
import { MEBIBYTE } from "./units.ts";

/** As many as fill the store without waiting for each other; measured at 8, 16 and 32. */
const PARALLEL = 8;

/** The yardstick of bytes on S3: objects of 1 MiB, put in parallel through presigned URLs, with no checksum. */
export class RawS3 implements Disposable {
  readonly #client: Client;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: PARALLEL });
  readonly #bucket = `raw-${process.pid}-${Date.now()}`;
  #made = false;

  constructor() {
    const { hostname, port } = new URL(testServer("SLIPWAY_TEST_S3").replace("s3+", ""));
    this.#client = new Client({
      endPoint: hostname,
      port: Number(port),
      useSSL: false,
      region: "us-east-1",
      accessKey: process.env.SLIPWAY_S3_ACCESS_KEY ?? "",
      secretKey: process.env.SLIPWAY_S3_SECRET_KEY ?? "",
    });
  }

  /** Puts a file whose size is whole mebibytes, a new object for each; resolves when the store has confirmed all. */
  async put(path: string): Promise<void> {
    if (!this.#made) await this.#client.makeBucket(this.#bucket);
    this.#made = true;
    await using file = await open(path);
    const { size } = await file.stat();
    const prefix = crypto.randomUUID();
    await together(size / MEBIBYTE, PARALLEL, async (index) => {
      const piece = Buffer.allocUnsafe(MEBIBYTE);
      await file.read(piece, 0, MEBIBYTE, index * MEBIBYTE);
      await this.#putPiece(await this.#client.presignedPutObject(this.#bucket, `${prefix}/${index}`), piece);
    });
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }

  async #putPiece(url: string, piece: Buffer): Promise<void> {
    const call = request(url, { method: "PUT", agent: this.#agent, headers: { "content-length": piece.length } });
    call.end(piece);
    const [response] = (await once(call, "response")) as [IncomingMessage];
    response.resume();
    await once(response, "end");
    if (response.statusCode !== 200) throw new Error(`The store answered ${response.statusCode}.`);
  }
}

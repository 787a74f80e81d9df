import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Connection, push } from "@slipway/client";
import { until } from "@slipway/runtime/testing";
import type { Engines } from "@slipway/standalone/engines";
import { expect } from "chai";
import { type ComposedServer, startComposed } from "../support/composed-server.ts";
import { sharedEngines } from "../support/shared-engines.ts";

const HOUR_MS = 60 * 60 * 1000;
const TENANT = "00000000-0000-7000-8000-000000000001";
const SHARED = randomBytes(5_000_000);

describe("Space that comes back on MongoDB and S3", function () {
  this.timeout(180_000);
  let folder: string;
  let laterMs = 0;
  const clock = { nowMs: () => Date.now() + laterMs };
  const engines: Engines[] = [];
  const servers: ComposedServer[] = [];
  const connections: Connection[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "slipway-collected-"));
    const environment = sharedEngines();
    for (let instance = 0; instance < 2; instance += 1) {
      const server = await startComposed({
        environment,
        settings: { open: true, clock },
        wrap: (opened) => {
          engines.push(opened);
          return opened;
        },
      });
      servers.push(server);
      connections.push(server.connect());
    }
  });
  after(async () => {
    for (const server of servers) await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function storedBytes(): Promise<number> {
    let sum = 0;
    for await (const { sizeBytes } of engines[0]?.objects.list(`${TENANT}/`) ?? []) sum += sizeBytes;
    return sum;
  }

  async function pushModel(model: string, own: Buffer): Promise<string> {
    const path = await mkdtemp(join(folder, "model-"));
    await writeFile(join(path, "shared.bin"), SHARED);
    await writeFile(join(path, "own.bin"), own);
    const [connection] = connections as [Connection];
    const options = { path, model, stateFolder: join(folder, "client"), signal: AbortSignal.timeout(60_000) };
    return (await push(connection, options)).version.artifact;
  }

  async function bytesOf(artifact: string, path: string): Promise<Buffer> {
    const [, other] = connections as [Connection, Connection];
    const pieces: Uint8Array[] = [];
    for await (const { data } of other.artifacts.downloadFile({ artifact, path })) pieces.push(data);
    return Buffer.concat(pieces);
  }

  /** Both services at once, as often as it takes. */
  async function collect(): Promise<void> {
    for (let pass = 0; pass < 4; pass += 1) {
      const calls = await Promise.allSettled(connections.map(({ artifacts }) => artifacts.collectGarbage({})));
      expect(calls.some(({ status }) => status === "fulfilled")).to.equal(true);
      for (const call of calls) if (call.status === "rejected") expect(call.reason.reason).to.equal("COLLECTION_BUSY");
      laterMs += HOUR_MS;
    }
  }

  it("is exactly what a purged model had alone, collected by two services at once", async () => {
    const [{ artifacts, models }] = connections as [Connection];
    const [keptBytes, goingBytes] = [randomBytes(3_000_000), randomBytes(2_000_000)];
    const kept = await pushModel("kept", keptBytes);
    const going = await pushModel("going", goingBytes);
    expect(await storedBytes()).to.equal(10_000_000);
    await models.deleteModel({ name: "models/going" });
    await models.purgeModel({ name: "models/going" });
    await until("its artifact is free", async () => {
      const { artifact } = await artifacts.getArtifact({ name: going });
      return artifact?.expireTime !== undefined;
    });
    await collect();
    expect(await storedBytes()).to.equal(10_000_000);
    laterMs += 24 * HOUR_MS;
    await collect();
    expect(await storedBytes()).to.equal(8_000_000);
    expect((await bytesOf(kept, "shared.bin")).equals(SHARED)).to.equal(true);
    expect((await bytesOf(kept, "own.bin")).equals(keptBytes)).to.equal(true);
    expect(await pushModel("again", goingBytes)).to.equal(going);
    expect(await storedBytes()).to.equal(10_000_000);
    expect((await bytesOf(going, "own.bin")).equals(goingBytes)).to.equal(true);
  });
});

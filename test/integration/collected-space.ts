import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Connection, pull, push } from "@slipway/client";
import { RpcError } from "@slipway/rpc";
import { until } from "@slipway/runtime/testing";
import type { Engines } from "@slipway/standalone/engines";
import { expect } from "chai";
import { digestsOf } from "../faults/model-folder.ts";
import { type ComposedServer, startComposed } from "../support/composed-server.ts";

const HOUR_MS = 60 * 60 * 1000;
const TENANT = "00000000-0000-7000-8000-000000000001";
const MODEL = "models/nightly";

/** The story of a purged version's bytes, with two servers on the same engines. */
export function describeCollectedSpace(engineNames: string, environmentIn: (folder: string) => Record<string, string>) {
  describe(`Space that comes back on ${engineNames}`, function () {
    this.timeout(180_000);
    let folder: string;
    let laterMs = 0;
    const clock = { nowMs: () => Date.now() + laterMs };
    const servers: ComposedServer[] = [];
    const connections: Connection[] = [];
    let engines: Engines;

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), "slipway-collected-"));
      const environment = environmentIn(folder);
      for (let instance = 0; instance < 2; instance += 1) {
        const wrap = (opened: Engines): Engines => {
          engines = opened;
          return opened;
        };
        const server = await startComposed({ environment, settings: { open: true, clock }, wrap });
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
      for await (const { sizeBytes } of engines.objects.list(`${TENANT}/`)) sum += sizeBytes;
      return sum;
    }

    async function writeModel(files: Record<string, Buffer>): Promise<string> {
      const path = await mkdtemp(join(folder, "model-"));
      for (const [name, bytes] of Object.entries(files)) await writeFile(join(path, name), bytes);
      return path;
    }

    async function pushed(path: string) {
      const [connection] = connections as [Connection];
      const stateFolder = join(folder, "client");
      const signal = AbortSignal.timeout(60_000);
      return (await push(connection, { path, model: "nightly", stateFolder, signal })).version;
    }

    async function expectPulled(number: string, source: string): Promise<void> {
      const [, other] = connections as [Connection, Connection];
      const destination = await mkdtemp(join(folder, "pulled-"));
      await pull(other, { reference: `nightly@${number}`, destination, signal: AbortSignal.timeout(60_000) });
      expect(await digestsOf(destination)).to.deep.equal(await digestsOf(source));
    }

    /** Asks both servers at once, as often as it takes for everything that is due. */
    async function collect(): Promise<void> {
      for (let pass = 0; pass < 4; pass += 1) {
        const calls = connections.map(({ artifacts }) =>
          artifacts.collectGarbage({}).catch((error: unknown) => {
            if (error instanceof RpcError && error.reason === "COLLECTION_BUSY") return undefined;
            throw error;
          }),
        );
        expect((await Promise.all(calls)).some((reply) => reply !== undefined)).to.equal(true);
        laterMs += HOUR_MS;
      }
    }

    it("is what a version had alone that its policy has purged; pushed again, it comes again", async () => {
      const [{ artifacts, models }] = connections as [Connection];
      const shared = randomBytes(5_000_000);
      const going = await writeModel({ "shared.bin": shared, "own.bin": randomBytes(2_000_000) });
      const staying = await writeModel({ "shared.bin": shared, "own.bin": randomBytes(3_000_000) });
      const first = await pushed(going);
      const second = await pushed(staying);
      expect(await storedBytes()).to.equal(10_000_000);
      const retention = { keepLast: 1, keepStages: ["production"], graceDays: 0 };
      await models.updateModel({ model: { name: MODEL, retention }, updateMask: { paths: ["retention"] } });
      await until("the artifact of the first version is free", async () => {
        const { artifact } = await artifacts.getArtifact({ name: first.artifact });
        return artifact?.expireTime !== undefined;
      });
      await collect();
      expect(await storedBytes(), "within its day").to.equal(10_000_000);

      laterMs += 24 * HOUR_MS;
      const { remaining } = await artifacts.collectGarbage({ validateOnly: true });
      expect(remaining?.artifacts).to.equal(1n);
      await collect();
      expect(await storedBytes()).to.equal(8_000_000);
      await expectPulled(second.number, staying);

      await models.updateModel({ model: { name: MODEL }, updateMask: { paths: ["retention"] } });
      const again = await pushed(going);
      expect(again.artifact).to.equal(first.artifact);
      expect(again.number).to.not.equal(first.number);
      expect(await storedBytes()).to.equal(10_000_000);
      await expectPulled(again.number, going);
      laterMs += 48 * HOUR_MS;
      await collect();
      await expectPulled(again.number, going);
      await expectPulled(second.number, staying);
    });
  });
}

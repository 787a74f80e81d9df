import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { collectionFaultPoints } from "@slipway/artifact";
import { type Connection, connect, pull, push } from "@slipway/client";
import { RpcError } from "@slipway/rpc";
import { until } from "@slipway/runtime/testing";
import { expect } from "chai";
import { SlipwayProcess } from "../support/slipway-process.ts";
import { withEngines } from "../support/with-engines.ts";
import { digestsOf, writeModelFolder } from "./model-folder.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const TENANT = "00000000-0000-7000-8000-000000000001";
const LATER = new URL("later.js", import.meta.url).href;
/** Longer than the lease of a collector that died. */
const AFTER_A_DEATH_MS = 6 * MINUTE_MS;

describe("kill -9 of the server while space comes back", function () {
  this.timeout(240_000);
  let folder: string;
  let home: string;
  let laterMs = 0;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "slipway-collection-"));
    home = join(folder, "server");
  });
  after(() => rm(folder, { recursive: true, force: true }));

  function start(point?: string): Promise<SlipwayProcess> {
    const env = {
      NODE_OPTIONS: `--import=${LATER}`,
      LATER_MS: String(laterMs),
      // Only when asked, so that each step dies where it should.
      SLIPWAY_COLLECT_MINUTES: "0",
      ...(point === undefined ? {} : { SLIPWAY_FAULT_POINT: point }),
    };
    return SlipwayProcess.start({ home, env });
  }

  /** Collects until nothing more can go at this time. */
  async function collectAll({ artifacts }: Connection): Promise<void> {
    for (let calls = 0; calls < 3; calls += 1) await artifacts.collectGarbage({});
  }

  async function serving(point: string | undefined, use: (connection: Connection) => Promise<void>) {
    const server = await start(point);
    const connection = connect({ url: server.url });
    try {
      await use(connection);
    } finally {
      connection.close();
      if (server.child.exitCode === null && server.child.signalCode === null) await server.stop();
    }
  }

  async function dieAt(point: string): Promise<void> {
    const server = await start(point);
    const connection = connect({ url: server.url });
    try {
      await until(`the server dies at ${point}`, async () => {
        try {
          await collectAll(connection);
        } catch (error) {
          if (!(error instanceof RpcError && error.code === "UNAVAILABLE")) throw error;
        }
        return server.child.signalCode === "SIGKILL";
      });
    } finally {
      connection.close();
      await server.kill();
    }
    laterMs += AFTER_A_DEATH_MS;
  }

  it("goes on at every named point, and gives back exactly what nothing needs", async () => {
    const [kept, passing] = [join(folder, "kept"), join(folder, "passing")];
    await writeModelFolder(kept, "kept", 5_000_000);
    await writeModelFolder(passing, "passing", 3_000_000);
    await serving(undefined, async (connection) => {
      const stateFolder = join(folder, "client");
      const options = { stateFolder, signal: AbortSignal.timeout(60_000) };
      await push(connection, { path: kept, model: "kept", ...options });
      const { version } = await push(connection, { path: passing, model: "passing", ...options });
      await connection.models.deleteModel({ name: "models/passing" });
      await connection.models.purgeModel({ name: "models/passing" });
      await until("its artifact is free", async () => {
        const { artifact } = await connection.artifacts.getArtifact({ name: version.artifact });
        return artifact?.expireTime !== undefined;
      });
    });
    laterMs += 25 * HOUR_MS;
    for (const point of collectionFaultPoints) {
      if (/recipes-removed|chunks-removed/.test(point)) laterMs += HOUR_MS;
      await dieAt(point);
    }
    laterMs += HOUR_MS;
    await serving(undefined, async (connection) => {
      await collectAll(connection);
      const destination = join(folder, "pulled");
      await pull(connection, { reference: "kept@latest", destination, signal: AbortSignal.timeout(60_000) });
      expect(await digestsOf(destination)).to.deep.equal(await digestsOf(kept));
    });
    await withEngines({ SLIPWAY_HOME: home }, async ({ artifact: { documents }, objects }) => {
      const count = (collection: string) => documents.count({ tenant: TENANT, collection }, 1000);
      const stored = await Array.fromAsync(objects.list(`${TENANT}/`));
      expect(stored.length, "objects and chunks").to.equal(await count("chunks"));
      const bytes = stored.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      expect(bytes).to.be.within(5_000_000, 5_100_000);
      expect(await count("artifacts")).to.equal(1);
      expect(await count("recipes")).to.equal(3);
      expect(await count("collection-tasks")).to.equal(0);
    });
  });
});

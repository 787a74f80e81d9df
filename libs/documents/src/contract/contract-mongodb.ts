import { randomUUID } from "node:crypto";
import { silentLogger, systemClock } from "@slipway/runtime";
import { FaultyProxy, testServer, until } from "@slipway/runtime/testing";
import { MongoClient } from "mongodb";
import { openMongoDocuments } from "../mongodb.ts";
import type { DocumentEngine, EngineModule } from "./contract-engine.ts";
import type { NetworkEngine } from "./contract-network.ts";
import { items } from "./contract-sample.ts";

/** The engine for MongoDB as the suite sees it; a location is a database. The other process of the suite imports it too. */

/** @public imported by URL */
export const openEngine: EngineModule["openEngine"] = async (database, collections, clock) => {
  const url = testServer("SLIPWAY_TEST_MONGODB");
  const opened = await openMongoDocuments({ url, database, collections, clock, log: silentLogger });
  // On a busy machine a server that has just begun takes longer than opening waits for it.
  await until("the database serves", () => opened.missing().length === 0);
  return opened;
};

export const mongoEngine: DocumentEngine = {
  moduleUrl: import.meta.url,
  createLocation: async () => `slipway-test-${randomUUID()}`,
  removeLocation: removeDatabase,
};

export const mongoNetworkEngine: NetworkEngine = {
  startProxy: () => {
    const [host = "", port = "27017"] =
      new URL(testServer("SLIPWAY_TEST_MONGODB")).host.split(",")[0]?.split(":") ?? [];
    return FaultyProxy.before({ host, port: Number(port) });
  },
  openThrough: (proxy, database) => {
    const url = new URL(testServer("SLIPWAY_TEST_MONGODB"));
    url.host = `${proxy.host}:${proxy.port}`;
    // The members of a replica set say where they are, past the proxy.
    url.searchParams.delete("replicaSet");
    url.searchParams.set("directConnection", "true");
    return openMongoDocuments({
      url: url.href,
      database,
      collections: [items],
      clock: systemClock,
      log: silentLogger,
    });
  },
  removeDatabase,
  isCommit: (bytes) => bytes.includes("commitTransaction") || bytes.includes("startTransaction"),
};

async function removeDatabase(database: string): Promise<void> {
  const client = new MongoClient(testServer("SLIPWAY_TEST_MONGODB"));
  await client.db(database).dropDatabase();
  await client.close();
}

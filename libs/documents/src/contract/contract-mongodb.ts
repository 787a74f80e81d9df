import { randomUUID } from "node:crypto";
import { silentLogger } from "@slipway/runtime";
import { testServer } from "@slipway/runtime/testing";
import { MongoClient } from "mongodb";
import { openMongoDocuments } from "../mongodb.ts";
import type { DocumentEngine, EngineModule } from "./contract-engine.ts";

/** The engine for MongoDB as the suite sees it; a location is a database. The other process of the suite imports it too. */

/** @public imported by URL */
export const openEngine: EngineModule["openEngine"] = (database, collections, clock) =>
  openMongoDocuments({ url: testServer("SLIPWAY_TEST_MONGODB"), database, collections, clock, log: silentLogger });

export const mongoEngine: DocumentEngine = {
  moduleUrl: import.meta.url,
  createLocation: async () => `slipway-test-${randomUUID()}`,
  removeLocation: async (database) => {
    const client = new MongoClient(testServer("SLIPWAY_TEST_MONGODB"));
    await client.db(database).dropDatabase();
    await client.close();
  },
};

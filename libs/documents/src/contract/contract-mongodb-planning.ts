import { silentLogger } from "@slipway/runtime";
import { testServer } from "@slipway/runtime/testing";
import { openMongoDocuments } from "../mongodb.ts";
import type { DocumentEngine, EngineModule } from "./contract-engine.ts";
import { mongoEngine } from "./contract-mongodb.ts";

/** The engine for MongoDB that takes tens of documents for many, so that small samples see all its ways. */

/** @public imported by URL */
export const openEngine: EngineModule["openEngine"] = (database, collections, clock) =>
  openMongoDocuments({
    url: testServer("SLIPWAY_TEST_MONGODB"),
    database,
    collections,
    clock,
    log: silentLogger,
    planning: { few: 8, stretch: 80, many: 200 },
  });

export const carefulMongoEngine: DocumentEngine = { ...mongoEngine, moduleUrl: import.meta.url };

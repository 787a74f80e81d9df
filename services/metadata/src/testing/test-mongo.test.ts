import { randomUUID } from "node:crypto";
import { openMongoDocuments } from "@slipway/documents/mongodb";
import { silentLogger } from "@slipway/runtime";
import { testServer } from "@slipway/runtime/testing";
import type { OpenDocuments } from "./metadata-server.test.ts";

/** Opens one database of its own on the MongoDB of the tests, however often it is called. */
export function openTestMongo(): OpenDocuments {
  const database = `slipway-test-${randomUUID()}`;
  return async (_folder, options) =>
    openMongoDocuments({ url: testServer("SLIPWAY_TEST_MONGODB"), database, log: silentLogger, ...options });
}

import { randomBytes } from "node:crypto";
import { testServer } from "@slipway/runtime/testing";

/** Settings of a server on the databases of the test run, with databases and buckets of its own there. */
export function sharedEngines(): Record<string, string> {
  const prefix = `test-${randomBytes(5).toString("hex")}`;
  const documents = testServer("SLIPWAY_TEST_MONGODB").replace(/^([^:]+:\/\/[^/]+)\/[^?]*/, `$1/${prefix}`);
  const objects = testServer("SLIPWAY_TEST_S3").replace(/^([^:]+:\/\/[^/]+)\/[^?]*/, `$1/${prefix}`);
  return {
    SLIPWAY_DOCUMENTS: documents,
    SLIPWAY_OBJECTS: objects,
    SLIPWAY_EVENTS: testServer("SLIPWAY_TEST_NATS"),
    SLIPWAY_S3_ACCESS_KEY: process.env.SLIPWAY_S3_ACCESS_KEY ?? "",
    SLIPWAY_S3_SECRET_KEY: process.env.SLIPWAY_S3_SECRET_KEY ?? "",
  };
}

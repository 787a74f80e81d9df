import { randomUUID } from "node:crypto";
import { openMongoDocuments } from "@slipway/documents/mongodb";
import { silentLogger } from "@slipway/runtime";
import { testServer } from "@slipway/runtime/testing";
import { startMetadata } from "../testing/metadata-server.test.ts";
import { describeSearch } from "../testing/search-suite.test.ts";

const start = () =>
  startMetadata(undefined, async (_folder, options) => {
    const url = testServer("SLIPWAY_TEST_MONGODB");
    return openMongoDocuments({ url, database: `slipway-test-${randomUUID()}`, log: silentLogger, ...options });
  });

describeSearch("MongoDB", start, 120);

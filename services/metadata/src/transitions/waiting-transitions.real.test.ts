import { randomUUID } from "node:crypto";
import { openMongoDocuments } from "@slipway/documents/mongodb";
import { silentLogger } from "@slipway/runtime";
import { testServer } from "@slipway/runtime/testing";
import { describeWaitingTransitions } from "../testing/waiting-transitions-suite.test.ts";

const database = `slipway-test-${randomUUID()}`;

describeWaitingTransitions("MongoDB", async (_folder, options) =>
  openMongoDocuments({ url: testServer("SLIPWAY_TEST_MONGODB"), database, log: silentLogger, ...options }),
);

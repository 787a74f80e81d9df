import { randomBytes } from "node:crypto";
import { testServer } from "@slipway/runtime/testing";
import { expect } from "chai";
import { FIXED_SEED, seedsOrRandom } from "./seeds.ts";
import { compareWithEmbedded } from "./two-worlds.ts";
import { METHODS } from "./world/services.ts";

const OPERATIONS = 1_500;

/** Databases and buckets that nobody else has, on the servers of the test run. */
function realEngines(): Record<string, string> {
  const prefix = `differential-${randomBytes(6).toString("hex")}`;
  const named = (address: string) => {
    const url = new URL(address);
    url.pathname = `/${prefix}`;
    return url.href;
  };
  return {
    SLIPWAY_DOCUMENTS: named(testServer("SLIPWAY_TEST_MONGODB")),
    SLIPWAY_OBJECTS: named(testServer("SLIPWAY_TEST_S3")),
    SLIPWAY_EVENTS: testServer("SLIPWAY_TEST_NATS"),
    SLIPWAY_S3_ACCESS_KEY: process.env.SLIPWAY_S3_ACCESS_KEY ?? "",
    SLIPWAY_S3_SECRET_KEY: process.env.SLIPWAY_S3_SECRET_KEY ?? "",
  };
}

describe("MongoDB, S3 and NATS", function () {
  this.timeout(900_000);

  for (const seed of seedsOrRandom()) {
    it(`answer as the embedded engines do (seed ${seed}, ${OPERATIONS} operations)`, async () => {
      const other = { name: "MongoDB, S3 and NATS", environment: realEngines() };
      const tally = await compareWithEmbedded(other, { seed, operations: OPERATIONS });
      if (seed !== FIXED_SEED) return;
      const never = [...METHODS.keys()].filter((method) => !tally.answered.includes(method));
      expect(never, `never answered without an error:\n${tally}`).to.deep.equal([]);
    });
  }
});

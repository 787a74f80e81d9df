/**
 * For tests only. `testServer("SLIPWAY_TEST_MONGODB")` is the address of a server that tests of real engines share;
 * `FaultyProxy.before(address)` stands before one and cuts, stalls or refuses its connections.
 */
export { FaultyProxy, type Piece, type Verdict } from "./faulty-proxy.ts";
export { freePort } from "./free-port.ts";
export { seededRandom } from "./seeded-random.ts";
export { type TestServerVariable, testServer } from "./test-server.ts";
export { until, untilRight } from "./until.ts";

/** Addresses of the servers that tests of real engines share, as `npm run test:real` sets them. */
export type TestServerVariable = "SLIPWAY_TEST_MONGODB" | "SLIPWAY_TEST_S3" | "SLIPWAY_TEST_NATS";

/**
 * The address of a shared server. Whoever uses it makes databases, buckets and streams of its own there.
 * @throws Error that says what to do, where the variable is unset: such a test is never skipped
 */
export function testServer(variable: TestServerVariable): string {
  const address = process.env[variable];
  if (address === undefined || address === "") {
    throw new Error(`${variable} is not set: run \`npm run test:real\`, which starts servers and sets it`);
  }
  return address;
}

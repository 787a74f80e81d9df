/**
 * Runs the tests of real engines, `*.real.test.ts`, against a real MongoDB, S3 and NATS:
 *   npm run test:real                     all of them
 *   npm run test:real -- MOCHA-ARGUMENT…  a file or folder takes the place of the whole list
 * Starts mongod, minio and nats-server from PATH on free ports with temporary data, and ends them whatever happens.
 * Where SLIPWAY_TEST_MONGODB, SLIPWAY_TEST_S3 (with SLIPWAY_S3_ACCESS_KEY and SLIPWAY_S3_SECRET_KEY) or
 * SLIPWAY_TEST_NATS is set, the server at that address is used instead.
 * Ends with a plain line `N passed, N failed`, which is also appended to the file $SLIPWAY_TALLY where that is set.
 * Exits 1 unless all passed.
 */
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { missingServers, withSharedServers } from "../test/real/shared-servers.ts";

const CONFIGURATION = ".mocharc.real.json";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const given = process.argv.slice(2);
const work = mkdtempSync(join(tmpdir(), "slipway-test-real-"));
const tally = join(work, "tally");
const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => interrupted.abort());

/** mocha adds the paths of the command line to those of its configuration, so a narrower run needs one without any. */
function mochaArguments(): string[] {
  const isPath = (argument: string) => existsSync(argument) || argument.endsWith(".test.ts");
  if (!given.some(isPath)) return ["--config", CONFIGURATION, ...given];
  const { spec: _all, ...rest } = JSON.parse(readFileSync(CONFIGURATION, "utf8")) as Record<string, unknown>;
  const narrower = join(work, "mocha.json");
  writeFileSync(narrower, JSON.stringify(rest));
  const paths = given.map((argument) => {
    const isFolder = existsSync(argument) && statSync(argument).isDirectory();
    return isFolder ? join(argument, "**/*.real.test.ts") : argument;
  });
  return ["--config", narrower, ...paths];
}

/** Returns the exit code. */
function runMocha(environment: Record<string, string>): Promise<number> {
  const mocha = createRequire(import.meta.url).resolve("mocha/bin/mocha.js");
  const child = spawn(process.execPath, [mocha, ...mochaArguments()], {
    env: { ...process.env, ...environment, SLIPWAY_TALLY: tally },
    stdio: ["ignore", "inherit", "inherit"],
  });
  interrupted.signal.addEventListener("abort", () => child.kill("SIGKILL"));
  if (interrupted.signal.aborted) child.kill("SIGKILL");
  return new Promise((resolve, reject) => child.on("error", reject).on("exit", (code) => resolve(code ?? 1)));
}

async function run(): Promise<number> {
  const missing = await missingServers();
  if (missing !== undefined) console.error(missing);
  // A narrower run goes on: those of its tests that need what is missing fail and say so.
  if (missing !== undefined && given.length === 0) return 1;
  return withSharedServers(runMocha);
}

const code = await run().catch((error: unknown) => {
  console.error(error);
  return 1;
});
// mocha that could not even load the tests has counted nothing.
const counted = existsSync(tally) ? readFileSync(tally, "utf8").trim() : "0 passed, 1 failed";
const line = code !== 0 && counted.endsWith(", 0 failed") ? counted.replace("0 failed", "1 failed") : counted;
rmSync(work, { recursive: true, force: true });
if (process.env.SLIPWAY_TALLY !== undefined) appendFileSync(process.env.SLIPWAY_TALLY, `${line}\n`);
console.log(`\n${line}`);
process.exitCode = line.endsWith(", 0 failed") ? 0 : 1;

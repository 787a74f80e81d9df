import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { missingServers, withSharedServers } from "../real/shared-servers.ts";
import { BENCHMARKS, PEERS } from "./benchmarks.ts";
import type { Deployment } from "./harness/deployment.ts";
import { embedded } from "./harness/slipway-server.ts";
import { split } from "./harness/split-slipway.ts";
import { renderTable } from "./harness/table.ts";
import { runBenchmarks } from "./run-benchmarks.ts";

/** What the numbers of the project are promised with; and how a million versions are loaded in minutes. */
const SIZES = { mongoCacheGib: 2, mongoDirtyPercent: 50 };

const described = (name: Deployment["name"]) =>
  BENCHMARKS[name].map(({ name, description }) => `  ${name.padEnd(15)}${description}\n`).join("");

const HELP = `Usage: npm run bench -- [--split] [--peer mlflow] [--quick] [-o json] [NAME...]

Measures Slipway beside a floor in the same run; ratios matter, absolute figures depend on the machine.

  --split      three services on MongoDB, MinIO and NATS, which it starts as npm run test:real does
  --peer NAME  beside another registry, which it installs: mlflow
  --quick      small sizes: shows that everything works, judges nothing
  -o json      the report as JSON
  --help

In one process, on embedded engines:
${described("embedded")}
With --split:
${described("split")}`;

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    split: { type: "boolean", default: false },
    peer: { type: "string" },
    quick: { type: "boolean", default: false },
    output: { type: "string", short: "o", default: "table" },
    help: { type: "boolean", default: false },
  },
});
const slipway = options.split ? split : embedded;
const known = options.peer === undefined ? BENCHMARKS[slipway.name] : PEERS.filter(({ name }) => name === options.peer);
const unknown = names.find((name) => !known.some((benchmark) => benchmark.name === name));

if (options.help) process.stdout.write(HELP);
else if (known.length === 0 || unknown !== undefined || !["table", "json"].includes(options.output)) {
  const problem = known.length === 0 ? `no peer ${options.peer}` : "-o takes json";
  process.stderr.write(`error: ${unknown === undefined ? problem : `no benchmark ${unknown}`}\n\n${HELP}`);
  process.exitCode = 2;
} else if (options.split) {
  const missing = await missingServers();
  if (missing === undefined) {
    await withSharedServers(async (environment) => {
      Object.assign(process.env, environment);
      await measure();
    }, SIZES);
  } else {
    process.stderr.write(`error: ${missing}\n`);
    process.exitCode = 1;
  }
} else await measure();

async function measure(): Promise<void> {
  const chosen = known.filter(({ name }) => names.length === 0 || names.includes(name));
  const scale = options.quick ? "quick" : "full";
  const lines = await runBenchmarks(chosen, scale, slipway, (line) => process.stderr.write(`${line}\n`));
  const machine = { processors: cpus().length, model: cpus()[0]?.model, load: loadavg()[0], node: process.version };
  if (options.output === "json") {
    process.stdout.write(`${JSON.stringify({ deployment: slipway.name, scale, machine, lines }, null, 2)}\n`);
    return;
  }
  const load = machine.load?.toFixed(1);
  const { processors, model, node } = machine;
  process.stdout.write(`\n${slipway.name}, ${processors} × ${model}, load ${load}, Node ${node}, ${scale}\n\n`);
  process.stdout.write(renderTable(lines));
}

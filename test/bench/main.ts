import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { BENCHMARKS } from "./benchmarks.ts";
import { renderTable } from "./harness/table.ts";
import { runBenchmarks } from "./run-benchmarks.ts";

const HELP = `Usage: npm run bench -- [--quick] [-o json] [NAME...]

Measures Slipway beside a floor in the same run; ratios matter, absolute figures depend on the machine.

  --quick      small sizes: shows that everything works, judges nothing
  -o json      the report as JSON
  --help

${BENCHMARKS.map(({ name, description }) => `  ${name.padEnd(15)}${description}\n`).join("")}`;

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    output: { type: "string", short: "o", default: "table" },
    help: { type: "boolean", default: false },
  },
});
const unknown = names.find((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));

if (options.help) process.stdout.write(HELP);
else if (unknown !== undefined || !["table", "json"].includes(options.output)) {
  process.stderr.write(`error: ${unknown === undefined ? "-o takes json" : `no benchmark ${unknown}`}\n\n${HELP}`);
  process.exitCode = 2;
} else {
  const chosen = BENCHMARKS.filter(({ name }) => names.length === 0 || names.includes(name));
  const scale = options.quick ? "quick" : "full";
  const lines = await runBenchmarks(chosen, scale, (line) => process.stderr.write(`${line}\n`));
  const machine = { processors: cpus().length, model: cpus()[0]?.model, load: loadavg()[0], node: process.version };
  if (options.output === "json") process.stdout.write(`${JSON.stringify({ scale, machine, lines }, null, 2)}\n`);
  else {
    const load = machine.load?.toFixed(1);
    process.stdout.write(
      `\n${machine.processors} × ${machine.model}, load ${load}, Node ${machine.node}, ${scale}\n\n`,
    );
    process.stdout.write(renderTable(lines));
  }
}

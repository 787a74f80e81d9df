import { glob, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { artifactFaultPoints, collectionFaultPoints } from "@slipway/artifact";
import { documentFaultPoints } from "@slipway/documents/sqlite";
import { eventFaultPoints } from "@slipway/events";
import { metadataFaultPoints } from "@slipway/metadata";
import { workflowFaultPoints } from "@slipway/workflow";
import { expect } from "chai";
import { seeded } from "./seed.ts";
import { sideBySide } from "./side-by-side.ts";
import { type Fault, survive } from "./survival.ts";

/** Deaths on the same data; one start and one round of commands for each of them. */
const DEATHS_IN_A_ROW = 6;
/** Much of the time is spent waiting for the leases of dead workers and sequencers. */
const ROWS_AT_ONCE = 5;

const MIB = 1024 * 1024;
/** Progress inside a file is recorded every 32 MiB. */
const WEIGHTS_BYTES: Record<string, number> = { "artifact.file.progressed": 33 * MIB };

const namedPoints: readonly string[] = [
  ...metadataFaultPoints,
  ...artifactFaultPoints,
  ...workflowFaultPoints,
  ...eventFaultPoints,
];

/** Every named point at its first time and at a later one; and moments between any two commits. */
const faults: Fault[] = [
  ...namedPoints.flatMap((point) => [1, seeded(point, 2, 3)].map((hit) => ({ point, hit }))),
  ...documentFaultPoints.flatMap((point) =>
    [1, 15, 30, 45].map((from) => ({ point, hit: seeded(`${point} ${from}`, from, from + 14) })),
  ),
].map((fault) => ({ ...fault, weightsBytes: WEIGHTS_BYTES[fault.point] ?? 3 * MIB }));

/** The faults in an order that the seed chooses, in rows. */
const shuffled = faults.toSorted((a, b) => orderOf(a) - orderOf(b));
const rows = Array.from({ length: Math.ceil(shuffled.length / DEATHS_IN_A_ROW) }, (_, row) =>
  shuffled.slice(row * DEATHS_IN_A_ROW, (row + 1) * DEATHS_IN_A_ROW),
);

function orderOf({ point, hit }: Fault): number {
  return seeded(`order of ${point}:${hit}`, 0, 1_000_000);
}

describe("kill -9 of the server at every named point of push and admission", function () {
  this.timeout(240_000);
  let outcomes: Promise<void>[];
  before(() => {
    outcomes = sideBySide(
      ROWS_AT_ONCE,
      rows.map((row) => () => survive(row)),
    );
  });

  for (const [index, row] of rows.entries()) {
    const moments = row.map(({ point, hit }) => `${point}:${hit}`).join(", ");
    it(`loses, doubles and half shows nothing at ${moments}`, () => outcomes[index]);
  }

  it("knows every place that the services name", async () => {
    const root = fileURLToPath(new URL("../../", import.meta.url));
    const named = new Set<string>();
    for await (const file of glob(["libs/*/src/**/*.ts", "services/*/src/**/*.ts"], { cwd: root })) {
      const text = await readFile(`${root}${file}`, "utf8");
      for (const [, name = ""] of text.matchAll(/\b(?:faultPoint|hit)\("([^"]+)"/g)) named.add(name);
    }
    expect([...named]).to.have.members([...namedPoints, ...collectionFaultPoints, ...documentFaultPoints]);
  });
});

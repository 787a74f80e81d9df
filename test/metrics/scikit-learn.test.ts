import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { ClassificationAccumulator, LabelIndex, RegressionAccumulator } from "@slipway/metrics";
import { expect } from "chai";
import fc from "fast-check";
import { pythonEnvironment } from "../python/environment.ts";
import { seedOrRandom } from "./seed.ts";

const REFERENCE = fileURLToPath(new URL("reference.py", import.meta.url));
const CASES = 300;
/** Relative, and absolute below 1. */
const TOLERANCE = 1e-12;

interface Classification {
  labels: string[];
  predictions: string[];
  scores: number[];
  weights: number[];
  weighted: boolean;
  positive: string;
}

interface Regression {
  targets: number[];
  estimates: number[];
  weights: number[];
  weighted: boolean;
}

const weightOf = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: 0.1, max: 10, noNaN: true }) },
  { weight: 1, arbitrary: fc.constant(0) },
);

/** Scores of few values make ties; the classes that are drawn from need not all occur. */
const score = fc.oneof(
  fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10),
  fc.double({ min: 0, max: 1, noNaN: true }),
);
const wildScore = fc.double({ min: -1e6, max: 1e6, noNaN: true });

const classification: fc.Arbitrary<Classification> = fc
  .record({
    classes: fc.integer({ min: 1, max: 5 }),
    weighted: fc.boolean(),
    wild: fc.integer({ min: 0, max: 3 }).map((one) => one === 0),
  })
  .chain(({ classes, weighted, wild }) => {
    const label = fc.integer({ min: 0, max: classes - 1 }).map((index) => `class ${index}`);
    const row = fc.tuple(label, label, wild ? wildScore : score, weighted ? weightOf : fc.constant(1));
    return fc.array(row, { minLength: 1, maxLength: 60, size: "max" }).map((rows) => ({
      labels: rows.map(([actual]) => actual),
      predictions: rows.map(([, predicted]) => predicted),
      scores: rows.map(([, , each]) => each),
      weights: rows.map(([, , , weight]) => weight),
      weighted,
      positive: rows[0]?.[0] ?? "",
    }));
  })
  .filter(({ weights }) => weights.some((weight) => weight > 0));

const number = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.double({ min: -1e4, max: 1e4, noNaN: true }).map((value) => Math.round(value * 1e6) / 1e6),
);
const regression: fc.Arbitrary<Regression> = fc
  .boolean()
  .chain((weighted) =>
    fc
      .array(fc.tuple(number, number, weighted ? weightOf : fc.constant(1)), {
        minLength: 2,
        maxLength: 60,
        size: "max",
      })
      .map((rows) => ({
        targets: rows.map(([target]) => target),
        estimates: rows.map(([, estimate]) => estimate),
        weights: rows.map(([, , weight]) => weight),
        weighted,
      })),
  )
  .filter(({ weights }) => weights.some((weight) => weight > 0));

async function ours(one: Classification | Regression): Promise<Record<string, number>> {
  if ("targets" in one) {
    const accumulator = new RegressionAccumulator({ weighted: one.weighted });
    for (const [index, target] of one.targets.entries()) {
      accumulator.add(target, one.estimates[index] ?? 0, one.weights[index] ?? 0);
    }
    return accumulator.metrics().metrics;
  }
  const labels = new LabelIndex(10);
  const accumulator = new ClassificationAccumulator({
    columns: { predictions: true, scores: true, weights: one.weighted },
    labels,
    positiveLabel: one.positive,
  });
  for (const [index, label] of one.labels.entries()) {
    const prediction = labels.of(one.predictions[index] ?? "");
    accumulator.add(labels.of(label) ?? 0, prediction, one.scores[index], one.weights[index] ?? 0);
  }
  return (await accumulator.result(async () => undefined)).set.metrics;
}

async function theirs(python: string, cases: unknown[]): Promise<Record<string, number>[]> {
  const child = spawn(python, [REFERENCE], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify(cases));
  return JSON.parse(await text(child.stdout)) as Record<string, number>[];
}

describe("Metrics and scikit-learn", () => {
  const seed = seedOrRandom();
  let python: string;

  before(async function () {
    python = await pythonEnvironment({ test: this });
  });

  for (const [name, arbitrary] of Object.entries({ classification, regression })) {
    it(`agree on ${name}, with ties, missing classes and weights (seed ${seed})`, async () => {
      const cases = fc.sample<Classification | Regression>(arbitrary, { seed, numRuns: CASES });
      const expected = await theirs(python, cases);
      for (const [index, one] of cases.entries()) {
        const found = await ours(one);
        const said = `${JSON.stringify(one)}\n${JSON.stringify(found)}\n${JSON.stringify(expected[index])}`;
        expect(Object.keys(found).sort(), said).to.deep.equal(Object.keys(expected[index] ?? {}).sort());
        for (const [metric, value] of Object.entries(expected[index] ?? {})) {
          const scale = Math.max(1, Math.abs(value));
          expect(Math.abs((found[metric] ?? Number.NaN) - value) / scale, `${metric} of ${said}`).to.be.at.most(
            TOLERANCE,
          );
        }
      }
    });
  }
});

import { expect } from "chai";
import fc from "fast-check";
import { mergeRuns } from "./merge-runs.ts";
import { rankingMetrics } from "./ranking.ts";
import { ScoreRuns } from "./score-runs.ts";

interface Row {
  score: number;
  positive: boolean;
  weight: number;
}

const row = (weight: fc.Arbitrary<number>): fc.Arbitrary<Row> =>
  fc.record({ score: fc.integer({ min: -3, max: 3 }), positive: fc.boolean(), weight });

function runsOf(rows: readonly Row[], weighted: boolean): ScoreRuns {
  const runs = new ScoreRuns({ weighted });
  for (const { score, positive, weight } of rows) runs.add(score, positive, weight);
  return runs;
}

/** Over all pairs, as the definition says. */
function areaByPairs(rows: readonly Row[]): number {
  let right = 0;
  let all = 0;
  for (const one of rows.filter(({ positive }) => positive)) {
    for (const other of rows.filter(({ positive }) => !positive)) {
      const weight = one.weight * other.weight;
      all += weight;
      right += one.score > other.score ? weight : one.score === other.score ? weight / 2 : 0;
    }
  }
  return right / all;
}

describe("metrics of ranks", () => {
  for (const weighted of [false, true]) {
    it(`are those of all pairs${weighted ? ", with weights" : ""}`, async () => {
      const weight = weighted ? fc.constantFrom(0.5, 1, 2, 0) : fc.constant(1);
      await fc.assert(
        fc.asyncProperty(fc.array(row(weight), { maxLength: 50 }), async (rows) => {
          const { metrics } = await rankingMetrics(runsOf(rows, weighted).sorted(), async () => undefined);
          const expected = areaByPairs(rows);
          if (Number.isNaN(expected)) expect(metrics).not.to.have.property("roc_auc");
          else expect(metrics.roc_auc).to.be.closeTo(expected, 1e-12);
        }),
      );
    });
  }

  it("have DeLong's interval from 30 rows of each kind on", async () => {
    const rows = Array.from({ length: 60 }, (_, index) => ({
      score: (index * 7) % 60,
      positive: index % 2 === 0,
      weight: 1,
    }));
    const area = areaByPairs(rows);
    const { intervals } = await rankingMetrics(runsOf(rows, false).sorted(), async () => undefined);
    // The definition: the variances of the shares of pairs that are in order, by positive and by negative row.
    const share = (one: Row, others: Row[], sign: number) =>
      others.reduce((sum, { score }) => sum + (Math.sign(one.score - score) * sign + 1) / 2, 0) / others.length;
    const [positives, negatives] = [rows.filter(({ positive }) => positive), rows.filter(({ positive }) => !positive)];
    const variance = (values: number[]) =>
      values.reduce((sum, value) => sum + (value - area) ** 2, 0) / (values.length - 1) / values.length;
    const error = Math.sqrt(
      variance(positives.map((one) => share(one, negatives, 1))) +
        variance(negatives.map((one) => share(one, positives, -1))),
    );
    expect(intervals.roc_auc?.lower).to.be.closeTo(area - 1.959964 * error, 1e-6);
    expect(intervals.roc_auc?.upper).to.be.closeTo(area + 1.959964 * error, 1e-6);
    const fewer = await rankingMetrics(runsOf(rows.slice(0, 58), false).sorted(), async () => undefined);
    expect(fewer.intervals).to.deep.equal({});
  });

  it("go over more rows than one run holds, and let others work meanwhile", async () => {
    const count = 300_000;
    const runs = new ScoreRuns({ weighted: false });
    for (let index = 0; index < count; index += 1) runs.add((index * 7919) % count, index % 2 === 0, 1);
    expect(runs.allocatedBytes).to.be.at.most(8 * count + 2 * 8 * 65_536);
    let rows = 0;
    let scores = 0;
    let pauses = 0;
    for (const _ of mergeRuns(runs.sorted(), (positive, negative) => {
      rows += positive + negative;
      scores += 1;
    })) {
      pauses += 1;
    }
    expect(rows).to.equal(count);
    expect(scores).to.equal(count);
    expect(pauses).to.equal(4);
  });
});

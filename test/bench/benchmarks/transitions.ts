import { performance } from "node:perf_hooks";
import { TransitionState } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import type { Benchmark } from "../harness/benchmark.ts";
import { createModels, MANY_CALLERS } from "../harness/models.ts";
import { Outcomes } from "../harness/outcomes.ts";
import { uploadSmallModel } from "../harness/small-model.ts";
import { percentile } from "../harness/statistics.ts";
import { together } from "../harness/together.ts";

const SIZES = { full: { versions: 500 }, quick: { versions: 10 } };
const MODELS = 50;
const GATES = [
  { name: "a good score", expression: "version.metrics.f1 >= 0.8 && version.metrics.accuracy > 0.5" },
  {
    name: "better than what is there",
    expression: "incumbent == null || version.metrics.f1 > incumbent.metrics.f1",
  },
];

/** A request that is judged by two gates and applied in the same call. */
export const transitions: Benchmark = {
  name: "transitions",
  description: "RequestTransition with two gates, applied at once, one after the other",
  run: async ({ scale, slipway, progress }) => {
    const { versions: count } = SIZES[scale];
    await using server = await slipway.start();
    const { connection } = server;
    await connection.stages.updateStagePolicy({
      policy: {
        name: "stagePolicy",
        stages: [{ name: "development" }, { name: "production", exclusive: true, displacedTo: "development" }],
        edges: [{ from: "development", to: "production", gates: GATES }],
      },
    });
    progress(`makes ${count} versions and says what they scored`);
    const parents = await createModels(connection, MODELS);
    const artifact = await uploadSmallModel(connection);
    await using outcomes = Outcomes.watch(connection);
    const names = await together(count, MANY_CALLERS, async (index) => {
      const parent = parents[index % MODELS] as string;
      const { version } = await connection.versions.createVersion({ parent, artifact });
      await outcomes.published(version?.uid ?? "");
      return version?.name ?? "";
    });
    await together(count, MANY_CALLERS, (index) =>
      connection.evaluations.recordEvaluation({
        parent: names[index] as string,
        dataset: "bench",
        // Each is better than the ones before it.
        measured: { form: { case: "metrics", value: { values: { f1: 0.8 + index / (10 * count), accuracy: 0.9 } } } },
      }),
    );
    progress("transitions");
    const timesMs = await together(count, 1, async (index) => {
      const startMs = performance.now();
      const { transition } = await connection.stages.requestTransition({
        version: names[index] as string,
        toStage: "production",
      });
      const tookMs = performance.now() - startMs;
      if (transition?.state !== TransitionState.APPLIED)
        throw new Error(`A transition ended: ${transition?.endReason}`);
      return tookMs;
    });
    return [
      {
        name: "requested, judged by two gates and applied, p50",
        value: percentile(timesMs, 50),
        unit: "ms",
        target: { comparison: "atMost", value: 10 },
        note: `p99 ${percentile(timesMs, 99).toFixed(1)} ms`,
      },
    ];
  },
};

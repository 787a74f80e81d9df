import { performance } from "node:perf_hooks";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Connection } from "@slipway/client";
import type { Version } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import type { Benchmark, Measurement } from "../harness/benchmark.ts";
import { createModels, MANY_CALLERS } from "../harness/models.ts";
import { Outcomes } from "../harness/outcomes.ts";
import { uploadSmallModel } from "../harness/small-model.ts";
import { percentile } from "../harness/statistics.ts";
import { together } from "../harness/together.ts";

const SIZES = { full: { alone: 100, versions: 1500 }, quick: { alone: 5, versions: 40 } };
const MODELS = 100;

/** Versions from CreateVersion to PUBLISHED: event, proof, inspection, decision. */
export const admission: Benchmark = {
  name: "admission",
  description: "versions admitted a second, 32 at once, each of its own small artifact",
  run: async ({ scale, slipway, progress }) => {
    const { alone, versions: count } = SIZES[scale];
    await using server = await slipway.start();
    const { connection } = server;
    progress(`uploads ${alone + count} small artifacts`);
    const parents = await createModels(connection, MODELS);
    const artifacts = await together(alone + count, MANY_CALLERS, () => uploadSmallModel(connection));
    await using outcomes = Outcomes.watch(connection);
    const admitted: Version[] = [];
    const admit = async (index: number): Promise<number> => {
      const { version } = await connection.versions.createVersion({
        parent: parents[index % MODELS] as string,
        artifact: artifacts[index] as string,
      });
      if (version?.createTime === undefined) throw new Error("The server answered without a version.");
      admitted.push(version);
      const publishedMs = await outcomes.published(version.uid);
      return publishedMs - timestampMs(version.createTime);
    };
    progress("admits one after the other");
    const aloneMs = await together(alone, 1, admit);
    const startedMs = await together(alone, 1, (index) => startedAfterMs(connection, admitted[index] as Version));
    progress("admits 32 at once");
    const beganMs = performance.now();
    const latenciesMs = await together(count, MANY_CALLERS, (index) => admit(alone + index));
    const perSecond = (count * 1000) / (performance.now() - beganMs);
    const latencies = (name: string, latenciesMs: number[]): Measurement => ({
      name: `committed until published, p50, ${name}`,
      value: percentile(latenciesMs, 50),
      unit: "ms",
      note: `p99 ${percentile(latenciesMs, 99)} ms`,
    });
    return [
      { name: "admitted, 32 at once", value: perSecond, unit: "/s" },
      {
        name: "committed until first step started, p50",
        value: percentile(startedMs, 50),
        unit: "ms",
        target: { comparison: "atMost", value: 20 },
        note: `1 at a time; p99 ${percentile(startedMs, 99)} ms`,
      },
      latencies("1 at a time", aloneMs),
      latencies("32 at once", latenciesMs),
    ];
  },
};

/** From the creation of a version, just before its commit, until the first step of its admission. */
async function startedAfterMs({ runs }: Connection, { uid, createTime }: Version): Promise<number> {
  const { runs: found } = await runs.listRuns({ filter: `subject_uid = "${uid}"` });
  const startTime = found[0]?.steps[0]?.startTime;
  if (createTime === undefined || startTime === undefined) throw new Error("The version was not admitted.");
  return timestampMs(startTime) - timestampMs(createTime);
}

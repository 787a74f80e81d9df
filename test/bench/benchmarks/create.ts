import type { Benchmark } from "../harness/benchmark.ts";
import { CallRate, inTurns } from "../harness/call-rate.ts";
import { callsBesideEcho, callsLine } from "../harness/calls.ts";
import { ADMISSION_PAUSED } from "../harness/deployment.ts";
import { Echo } from "../harness/echo.ts";
import { createModels, MANY_CALLERS } from "../harness/models.ts";
import { uploadSmallModel } from "../harness/small-model.ts";

const SIZES = {
  full: { models: 1000, turns: 7, turnMs: 1000 },
  quick: { models: 20, turns: 1, turnMs: 100 },
};

/** CreateVersion: artifact proven before, admission paused, models in turn. */
export const create: Benchmark = {
  name: "create",
  description: "CreateVersion over 1,000 models at 1 and 32 callers, beside an echo",
  run: async ({ scale, slipway, progress }) => {
    const { models, turns, turnMs } = SIZES[scale];
    await using server = await slipway.start(ADMISSION_PAUSED);
    await using echo = await Echo.start();
    const { versions } = server.connection;
    progress(`makes ${models} models`);
    const parents = await createModels(server.connection, models);
    const artifact = await uploadSmallModel(server.connection);

    let created = 0;
    const createVersion = () => versions.createVersion({ parent: parents[created++ % models] as string, artifact });
    progress("calls");
    const make = () => ({
      echo1: new CallRate(1, echo.call),
      create1: new CallRate(1, createVersion),
      echo32: new CallRate(MANY_CALLERS, echo.call),
      create32: new CallRate(MANY_CALLERS, createVersion),
    });
    const { echo1, create1, echo32, create32 } = await inTurns(make, turns, turnMs);
    return [
      ...callsBesideEcho("create version, 1 caller", create1, echo1),
      ...(slipway.name === "embedded"
        ? callsBesideEcho("create version, 32 callers", create32, echo32, 20)
        : [
            {
              ...callsLine("create version, 32 callers", create32),
              target: { comparison: "atLeast", value: 200 } as const,
            },
          ]),
    ];
  },
};

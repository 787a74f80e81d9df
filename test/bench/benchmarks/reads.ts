import type { Benchmark } from "../harness/benchmark.ts";
import { CallRate, inTurns } from "../harness/call-rate.ts";
import { callsBesideEcho, callsLine } from "../harness/calls.ts";
import { ADMISSION_PAUSED } from "../harness/deployment.ts";
import { Echo } from "../harness/echo.ts";
import { createModels, MANY_CALLERS } from "../harness/models.ts";
import { uploadSmallModel } from "../harness/small-model.ts";
import { together } from "../harness/together.ts";

const SIZES = {
  full: { models: 1000, versionsOfOne: 100, turns: 7, turnMs: 1000 },
  quick: { models: 20, versionsOfOne: 20, turns: 1, turnMs: 100 },
};

/** GetVersion and ListVersions beside a call that does nothing. */
export const reads: Benchmark = {
  name: "reads",
  description: "GetVersion and ListVersions (pages of 50) at 1 and 32 callers, beside an echo",
  run: async ({ scale, slipway, progress }) => {
    const { models, versionsOfOne, turns, turnMs } = SIZES[scale];
    await using server = await slipway.start(ADMISSION_PAUSED);
    await using echo = await Echo.start();
    const { versions } = server.connection;
    progress(`makes ${models} models with a version each, and one with ${versionsOfOne}`);
    const parents = await createModels(server.connection, models);
    const artifact = await uploadSmallModel(server.connection);
    const names = await together(models, MANY_CALLERS, async (index) => {
      const { version } = await versions.createVersion({ parent: parents[index] as string, artifact });
      return version?.name ?? "";
    });
    const parent = parents[0] as string;
    await together(versionsOfOne - 1, 1, () => versions.createVersion({ parent, artifact }));

    const get = (index: number) => versions.getVersion({ name: names[index % models] as string });
    const list = () => versions.listVersions({ parent });
    progress("calls");
    const make = () => ({
      echo1: new CallRate(1, echo.call),
      get1: new CallRate(1, get),
      list1: new CallRate(1, list),
      echo32: new CallRate(MANY_CALLERS, echo.call),
      get32: new CallRate(MANY_CALLERS, get),
      list32: new CallRate(MANY_CALLERS, list),
    });
    const { echo1, get1, list1, echo32, get32, list32 } = await inTurns(make, turns, turnMs);
    return [
      callsLine("echo, 1 caller", echo1),
      callsLine("echo, 32 callers", echo32),
      ...callsBesideEcho("get version, 1 caller", get1, echo1),
      ...callsBesideEcho("get version, 32 callers", get32, echo32, slipway.name === "split" ? 40 : 50),
      ...callsBesideEcho("list 50 versions, 1 caller", list1, echo1),
      ...callsBesideEcho("list 50 versions, 32 callers", list32, echo32),
    ];
  },
};

import type { Benchmark, Measurement } from "../harness/benchmark.ts";
import { CallRate, inTurns } from "../harness/call-rate.ts";
import { callsLine } from "../harness/calls.ts";
import { ADMISSION_PAUSED } from "../harness/deployment.ts";
import { createModels, MANY_CALLERS } from "../harness/models.ts";
import { uploadSmallModel } from "../harness/small-model.ts";
import { together } from "../harness/together.ts";
import { MlflowServer } from "../peers/mlflow-server.ts";

const SIZES = {
  full: { models: 200, turns: 5, turnMs: 2000 },
  quick: { models: 5, turns: 1, turnMs: 200 },
};

/** CreateVersion and GetVersion beside the same of MLflow's registry, on the same machine in turns. */
export const mlflow: Benchmark = {
  name: "mlflow",
  description: "CreateVersion and GetVersion at 32 callers, beside MLflow's registry on SQLite",
  run: async ({ scale, slipway, folder, progress }) => {
    const { models, turns, turnMs } = SIZES[scale];
    progress("starts MLflow");
    await using peer = await MlflowServer.start(folder);
    await using server = await slipway.start(ADMISSION_PAUSED);
    const { versions } = server.connection;
    progress(`makes ${models} models with a version each in both`);
    const parents = await createModels(server.connection, models);
    const artifact = await uploadSmallModel(server.connection);
    await together(models, MANY_CALLERS, (index) =>
      versions.createVersion({ parent: parents[index] as string, artifact }),
    );
    await together(models, 1, (index) => peer.createModel(`model-${index}`));
    await together(models, 1, (index) => peer.createVersion(`model-${index}`));

    progress("calls");
    const make = () => ({
      create: new CallRate(MANY_CALLERS, (index) =>
        versions.createVersion({ parent: parents[index % models] as string, artifact }),
      ),
      peerCreate: new CallRate(MANY_CALLERS, (index) => peer.createVersion(`model-${index % models}`)),
      get: new CallRate(MANY_CALLERS, (index) =>
        versions.getVersion({ name: `${parents[index % models]}/versions/1.0.0` }),
      ),
      peerGet: new CallRate(MANY_CALLERS, (index) => peer.getVersion(`model-${index % models}`)),
    });
    const { create, peerCreate, get, peerGet } = await inTurns(make, turns, turnMs);
    return [
      callsLine("create version", create),
      callsLine("create version, MLflow", peerCreate),
      times("create version, times MLflow's", create, peerCreate, 8),
      callsLine("get version", get),
      callsLine("get version, MLflow", peerGet),
      times("get version, times MLflow's", get, peerGet, 10),
    ];
  },
};

function times(name: string, rate: CallRate, peer: CallRate, atLeast: number): Measurement {
  const value = rate.perSecond / peer.perSecond;
  return { name, value, unit: "×", target: { comparison: "atLeast", value: atLeast } };
}

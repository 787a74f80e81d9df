import { type Connection, connect } from "@slipway/client";
import { sharedEngines } from "../../support/shared-engines.ts";
import { type ServiceProcess, SplitServer } from "../../support/split-server.ts";
import { withEngines } from "../../support/with-engines.ts";
import type { Deployment, MeasuredServer } from "./deployment.ts";
import { endingWithParent } from "./ending-with-parent.ts";

/** Three services in processes of their own on the real servers of this run, with databases and buckets of their own. */
class SplitSlipway implements MeasuredServer {
  readonly connection: Connection;
  readonly pids: readonly number[];
  readonly #server: SplitServer;

  private constructor(server: SplitServer, processes: readonly ServiceProcess[]) {
    this.#server = server;
    this.pids = processes.map(({ child }) => child.pid as number);
    this.connection = connect({ url: server.urls.metadata, key: server.bootstrapKey });
  }

  static async start(env: Record<string, string> = {}): Promise<SplitSlipway> {
    const settings = { ...sharedEngines(), ...env, SLIPWAY_LOG: "warn", ...endingWithParent() };
    const server = await SplitServer.prepare({ env: settings });
    const processes = Object.values(await server.startAll());
    for (const process of processes) while ((await process.health()).code !== 200);
    return new SplitSlipway(server, processes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.connection.close();
    await this.#server.remove();
  }
}

export const split: Deployment = {
  name: "split",
  start: (env) => SplitSlipway.start(env),
  startFilled: async (fill, env) => {
    const engines = sharedEngines();
    await withEngines(engines, ({ metadata }) => fill(metadata.documents));
    return SplitSlipway.start({ ...engines, ...env });
  },
};

import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Connection, connect } from "@slipway/client";
import { SlipwayProcess } from "../../support/slipway-process.ts";
import { withEngines } from "../../support/with-engines.ts";
import type { Deployment, MeasuredServer } from "./deployment.ts";
import { endingWithParent } from "./ending-with-parent.ts";

/** A server as users run it, in a process of its own, and a connection to it. */
export class SlipwayServer implements MeasuredServer {
  readonly process: SlipwayProcess;
  readonly connection: Connection;

  private constructor(process: SlipwayProcess) {
    this.process = process;
    this.connection = connect({ url: process.url });
  }

  /** Starts it on an empty folder, or on one that is filled already; `env` adds settings. */
  static async start(env: Record<string, string> = {}, home?: string): Promise<SlipwayServer> {
    const settings = { ...env, ...endingWithParent() };
    return new SlipwayServer(await SlipwayProcess.start({ env: settings, ...(home !== undefined && { home }) }));
  }

  get pid(): number {
    return this.process.child.pid as number;
  }

  get pids(): number[] {
    return [this.pid];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.connection.close();
    await this.process.remove();
  }
}

export const embedded: Deployment = {
  name: "embedded",
  start: (env) => SlipwayServer.start(env),
  startFilled: async (fill, env) => {
    const home = await mkdtemp(join(tmpdir(), "slipway-bench-server-"));
    await withEngines({ SLIPWAY_HOME: home }, ({ metadata }) => fill(metadata.documents));
    return SlipwayServer.start(env, home);
  },
};

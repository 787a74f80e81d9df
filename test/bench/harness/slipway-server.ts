import { type Connection, connect } from "@slipway/client";
import { SlipwayProcess } from "../../support/slipway-process.ts";
import { ENDING_WITH_PARENT } from "./ending-with-parent.ts";

/** A server as users run it, in a process of its own, and a connection to it. */
export class SlipwayServer implements AsyncDisposable {
  readonly process: SlipwayProcess;
  readonly connection: Connection;

  private constructor(process: SlipwayProcess) {
    this.process = process;
    this.connection = connect({ url: process.url });
  }

  /** Starts it on an empty folder; `env` adds settings. */
  static async start(env: Record<string, string> = {}): Promise<SlipwayServer> {
    const nodeOptions = [process.env.NODE_OPTIONS, ENDING_WITH_PARENT].filter(Boolean).join(" ");
    return new SlipwayServer(await SlipwayProcess.start({ env: { ...env, NODE_OPTIONS: nodeOptions } }));
  }

  get pid(): number {
    return this.process.child.pid as number;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.connection.close();
    await this.process.remove();
  }
}

/** Settings that keep admission from working beside what is measured. */
export const ADMISSION_PAUSED = { SLIPWAY_WORKERS: "0" };

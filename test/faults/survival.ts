import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Connection, connectionOver, pull } from "@slipway/client";
import { createGrpcTransport, RpcError } from "@slipway/rpc";
import { freePort } from "@slipway/runtime/testing";
import { expect } from "chai";
import { EndedBeforeReady, SlipwayProcess } from "../support/slipway-process.ts";
import { withEngines } from "../support/with-engines.ts";
import { Acknowledgements } from "./acknowledgements.ts";
import { checkHistory } from "./history.ts";
import { checkLedger } from "./ledger.ts";
import { KEPT, Life, type Step } from "./life.ts";
import { digestsOf } from "./model-folder.ts";
import { Observer } from "./observer.ts";

export interface Fault {
  point: string;
  /** The server dies when it comes by for this time. */
  hit: number;
  /** Of each version's weights. */
  weightsBytes: number;
}

/** Rounds of life in which a point is hit as often as is asked for. */
const MOST_ROUNDS = 4;

/**
 * Lets one server after the other die, each at a point, on the same data, while people go on with the command that
 * failed; then lets one live. Fails when a point is not hit, or when anything is lost, doubled, half visible or left
 * undone.
 */
export async function survive(faults: readonly Fault[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-fault-"));
  const survival = new Survival(folder, await freePort());
  try {
    for (const fault of faults) await survival.dieAt(fault);
    await survival.liveOn();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

class Survival {
  readonly #folder: string;
  readonly #home: string;
  readonly #life: Life;
  readonly #acknowledgements = new Acknowledgements();
  /** What is left of the round, from the command that failed on. */
  #rest: Step[] = [];
  /** Where the servers listen, one after the other. */
  readonly #listen: string;

  constructor(folder: string, port: number) {
    this.#listen = `127.0.0.1:${port}`;
    this.#folder = folder;
    this.#home = join(folder, "server");
    this.#life = new Life(folder);
  }

  async dieAt({ point, hit, weightsBytes }: Fault): Promise<void> {
    this.#life.weightsBytes = weightsBytes;
    let server: SlipwayProcess;
    try {
      server = await this.#start({ SLIPWAY_FAULT_POINT: `${point}:${hit}` });
    } catch (error) {
      if (error instanceof EndedBeforeReady && error.signal === "SIGKILL") return;
      throw error;
    }
    const connection = this.#connect(server);
    const observer = new Observer(connection);
    try {
      if (await diesDuring(server, this.#acknowledgements.check(connection))) return;
      while (this.#rest[0] !== undefined) {
        if (await diesDuring(server, this.#rest[0].run(connection))) return;
        this.#rest.shift();
      }
      for (let round = 1; round <= MOST_ROUNDS; round += 1) {
        const { steps, settled } = this.#life.nextRound();
        for (const [index, { run }] of [...steps, settled].entries()) {
          if (!(await diesDuring(server, run(connection)))) continue;
          this.#rest = steps.slice(index);
          return;
        }
      }
      // The last hit may fall between the last answer and the end.
      await server.stop();
      expect(server.child.signalCode, `${point} was not hit ${hit} times`).to.equal("SIGKILL");
    } finally {
      await diesDuring(server, observer.stop());
      connection.close();
      await end(server);
    }
  }

  async liveOn(): Promise<void> {
    const server = await this.#start({});
    const connection = this.#connect(server);
    const observer = new Observer(connection);
    try {
      await this.#acknowledgements.check(connection);
      const { steps, settled } = this.#life.nextRound();
      for (const { run } of [...this.#rest, ...steps, settled]) await run(connection);
      await observer.stop();
      await this.#acknowledgements.check(connection);
      await checkHistory(connection, [this.#life]);
      await this.#checkPulled(connection);
      expect(await server.stop(), server.log()).to.equal(0);
      await withEngines({ SLIPWAY_HOME: this.#home }, (engines) => checkLedger(engines, [this.#life]));
    } finally {
      connection.close();
      await end(server);
    }
  }

  #start(env: Record<string, string>): Promise<SlipwayProcess> {
    return SlipwayProcess.start({ home: this.#home, env: { SLIPWAY_LISTEN: this.#listen, ...env } });
  }

  #connect({ url }: SlipwayProcess): Connection {
    return connectionOver(url, this.#acknowledgements.over(createGrpcTransport({ url })));
  }

  async #checkPulled(connection: Connection): Promise<void> {
    for (const [source, { number }] of this.#life.kept) {
      const destination = join(this.#folder, `pulled-${number}`);
      await pull(connection, { reference: `${KEPT}@${number}`, destination, signal: AbortSignal.timeout(120_000) });
      expect(await digestsOf(destination)).to.deep.equal(await digestsOf(source));
    }
  }
}

/** Whether the server died of its fault meanwhile; any other failure is thrown. */
async function diesDuring(server: SlipwayProcess, work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return false;
  } catch (error) {
    if (!(error instanceof RpcError && error.code === "UNAVAILABLE")) throw error;
    await server.ended;
    expect(server.child.signalCode, server.log()).to.equal("SIGKILL");
    return true;
  }
}

async function end(server: SlipwayProcess): Promise<void> {
  if (server.child.exitCode === null && server.child.signalCode === null) await server.kill();
}

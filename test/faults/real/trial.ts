import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toJsonString } from "@bufbuild/protobuf";
import { type Connection, pull } from "@slipway/client";
import { RunSchema, RunState } from "@slipway/gen/slipway/workflow/v1/run_pb.js";
import { SERVICE_NAMES, type ServiceName } from "@slipway/runtime";
import { untilRight } from "@slipway/runtime/testing";
import { expect } from "chai";
import { withEngines } from "../../support/with-engines.ts";
import { checkHistory } from "../history.ts";
import { checkLedger } from "../ledger.ts";
import { untilRunsEnded } from "../life.ts";
import { digestsOf } from "../model-folder.ts";
import { Observer } from "../observer.ts";
import { SEED } from "../seed.ts";
import { sideBySide } from "../side-by-side.ts";
import { FaultyRegistry } from "./faulty-registry.ts";
import { Fleet, isAway } from "./fleet.ts";

export interface TrialOptions {
  /** What names the databases, as the checks reach them. */
  engines: Record<string, string>;
  /** What names them to the processes of one service, and all else that they are told. */
  environments?: Partial<Record<ServiceName, Record<string, string>>>;
  /** How many people push at once. */
  lives: number;
}

const LOOK_EVERY_MS = 1_000;
const PULLS_AT_ONCE = 4;

/**
 * Lets a fleet push while `faults` happen, then checks that nothing acknowledged is lost, nothing was ever half visible,
 * and everything was done once. `faults` is given three services that are not started yet, and a fleet that has not
 * begun; it tells how many faults there were. Resolves with the counts in one line.
 */
export async function trial(
  options: TrialOptions,
  faults: (registry: FaultyRegistry, fleet: Fleet) => Promise<number>,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-trial-"));
  const registry = await FaultyRegistry.prepare(options.engines, options.environments);
  const fleet = new Fleet(registry, folder, options.lives);
  const connection = registry.connect();
  const observer = new Observer(connection, { everyMs: LOOK_EVERY_MS, isAway });
  try {
    const count = await faults(registry, fleet);
    await fleet.end();
    await registry.untilServing();
    await untilRunsEnded(connection);
    await observer.stop();
    await fleet.acknowledgements.check(connection);
    await checkHistory(connection, fleet.lives);
    await checkPulled(connection, fleet, folder);
    // Consumers look every few seconds.
    await withEngines(options.engines, (engines) =>
      untilRight("what consumers do is done", () => checkLedger(engines, fleet.lives)),
    );
    await registry.stop();
    const { pushes, retried, acknowledgements } = fleet;
    return `seed ${SEED}: ${count} faults, ${pushes} pushes, ${acknowledgements.count} acknowledged, ${retried} retried`;
  } catch (error) {
    throw new Error(`seed ${SEED}: ${error}\n${await openRuns(connection)}\n${await registry.errors()}`, {
      cause: error,
    });
  } finally {
    connection.close();
    await registry.remove();
    await fleet.abandon();
    await observer.stop().catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  }
}

/** Starts the services other than one. */
export function startOthers(registry: FaultyRegistry, service: ServiceName): void {
  for (const other of SERVICE_NAMES) if (other !== service) registry.replace(other);
}

/** Every version that stays comes back byte for byte. */
async function checkPulled(connection: Connection, { lives }: Fleet, folder: string): Promise<void> {
  const pulls = lives.flatMap(({ kept, model }) =>
    [...kept].map(([source, { number }]) => async () => {
      const destination = join(folder, "pulled", model, number);
      const signal = AbortSignal.timeout(60_000);
      await pull(connection, { reference: `${model}@${number}`, destination, signal });
      expect(await digestsOf(destination)).to.deep.equal(await digestsOf(source));
      await rm(destination, { recursive: true });
    }),
  );
  await Promise.all(sideBySide(PULLS_AT_ONCE, pulls));
}

/** Says of runs that have not succeeded how far they are. */
async function openRuns({ runs }: Connection): Promise<string> {
  try {
    const all = (await runs.listRuns({ pageSize: 1000 }, { timeoutMs: 5_000 })).runs;
    const open = all.filter(({ state }) => state !== RunState.SUCCEEDED);
    return open.map((run) => toJsonString(RunSchema, run)).join("\n");
  } catch (error) {
    return `no runs: ${error}`;
  }
}

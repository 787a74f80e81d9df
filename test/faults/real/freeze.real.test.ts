import { RunState } from "@slipway/gen/slipway/workflow/v1/run_pb.js";
import { SERVICE_NAMES, type ServiceName } from "@slipway/runtime";
import { until } from "@slipway/runtime/testing";
import { sharedEngines } from "../../support/shared-engines.ts";
import { sideBySide } from "../side-by-side.ts";
import { type FaultyRegistry, isFrozen, untilFrozen } from "./faulty-registry.ts";
import { isAway } from "./fleet.ts";
import { LARGE_FILE, momentsOf } from "./points.ts";
import { startOthers, trial } from "./trial.ts";

const LIVES = 3;
/** A sequencer's lease, and a little. Of a step's lease the end is seen. */
const SEQUENCER_LEASE_MS = 3_500;
const PUBLISHED_MEANWHILE = 2;
/** What the process logs whose claim another one has taken meanwhile. */
const REFUSED = "a late result was refused";
/** Where the process holds a claim, which is lost while it is frozen. */
const HOLDS_CLAIM: ReadonlySet<string> = new Set([
  "workflow.run.inserted",
  "workflow.step.claimed",
  "workflow.step.executed",
]);

describe("SIGSTOP of each of three services, beyond its leases, at every named point of push and admission", function () {
  this.timeout(400_000);
  let outcomes: Promise<string>[];
  before(() => {
    const tasks = SERVICE_NAMES.map((service) => () => freezeAtEveryPoint(service));
    outcomes = sideBySide(tasks.length, tasks);
  });

  for (const [index, service] of SERVICE_NAMES.entries()) {
    it(`lets another process take over and refuses late writes: ${service}`, async () => {
      console.log(`      ${await outcomes[index]}`);
    });
  }
});

/**
 * Two processes of a service, of which one is frozen at any time: the first at its points, beyond its leases; the
 * second, wherever it is, while the first goes on to its next point. People are led to the one that runs.
 */
function freezeAtEveryPoint(service: ServiceName): Promise<string> {
  const moments = momentsOf(service, "freeze");
  const points = moments.map(({ point, hit }) => `${point}:${hit}:SIGSTOP`);
  return trial({ engines: sharedEngines(), lives: LIVES }, async (registry, fleet) => {
    startOthers(registry, service);
    const second = registry.replace(service);
    await registry.untilServing();
    const first = registry.replace(service, points.join(","));
    let frozen = 0;
    fleet.begin();
    for (const { point, hit } of moments) {
      second.child.kill("SIGSTOP");
      if (point === LARGE_FILE.point) fleet.enlargeNext(LARGE_FILE.weightsBytes);
      await fleet.orFailure(untilFrozen(first, `${point}:${hit}`));
      frozen += 2;
      const frozenMs = performance.now();
      second.child.kill("SIGCONT");
      await registry.lead(second);
      if (point.startsWith("workflow.")) await untilTakenOver(registry);
      await fleet.more(PUBLISHED_MEANWHILE);
      await until("sequencers' leases have ended", () => performance.now() - frozenMs > SEQUENCER_LEASE_MS);
      const refused = (await first.listening)?.log().split(REFUSED).length;
      first.child.kill("SIGCONT");
      await registry.lead(first);
      if (!HOLDS_CLAIM.has(point)) continue;
      const refuses = async () => (await first.listening)?.log().split(REFUSED).length !== refused;
      // Its next point may lie before the refusal.
      await until(`a late result is refused after ${point}`, async () => isFrozen(first) || (await refuses()));
    }
    await fleet.more(LIVES);
    return frozen;
  });
}

/** Waits until every run that is under way has ended, those of a frozen process too. */
async function untilTakenOver(registry: FaultyRegistry): Promise<void> {
  const connection = registry.connect();
  const { runs } = await until("the other process answers", () =>
    connection.runs.listRuns({ pageSize: 1000 }).catch((error: unknown) => {
      if (!isAway(error)) throw error;
      return undefined;
    }),
  );
  for (const { name } of runs.filter(({ state }) => state <= RunState.RUNNING)) {
    await until(`${name} has ended`, async () => {
      const { run } = await connection.runs.getRun({ name });
      return run !== undefined && run.state > RunState.RUNNING;
    });
  }
  connection.close();
}

import { SERVICE_NAMES, type ServiceName } from "@slipway/runtime";
import { sharedEngines } from "../../support/shared-engines.ts";
import { sideBySide } from "../side-by-side.ts";
import { untilKilled } from "./faulty-registry.ts";
import { LARGE_FILE, momentsOf } from "./points.ts";
import { startOthers, trial } from "./trial.ts";

const LIVES = 4;

describe("kill -9 of each of three services at every named point of push and admission", function () {
  this.timeout(400_000);
  let outcomes: Promise<string>[];
  before(() => {
    const tasks = SERVICE_NAMES.map((service) => () => killAtEveryPoint(service));
    outcomes = sideBySide(tasks.length, tasks);
  });

  for (const [index, service] of SERVICE_NAMES.entries()) {
    it(`loses, doubles and half shows nothing: ${service}`, async () => {
      console.log(`      ${await outcomes[index]}`);
    });
  }
});

/** One process after the other dies at its point while people push; then one lives. */
function killAtEveryPoint(service: ServiceName): Promise<string> {
  const moments = momentsOf(service, "kill");
  return trial({ engines: sharedEngines(), lives: LIVES }, async (registry, fleet) => {
    startOthers(registry, service);
    fleet.begin();
    for (const { point, hit } of moments) {
      if (point === LARGE_FILE.point) fleet.enlargeNext(LARGE_FILE.weightsBytes);
      await fleet.orFailure(untilKilled(registry.replace(service, `${point}:${hit}`), `${point}:${hit}`));
    }
    registry.replace(service);
    await fleet.more(LIVES);
    return moments.length;
  });
}

import { setTimeout as pause } from "node:timers/promises";
import { SERVICE_NAMES, type ServiceName } from "@slipway/runtime";
import { expect } from "chai";
import { seeded } from "../seed.ts";
import { sideBySide } from "../side-by-side.ts";
import { type BackendFault, backendFaults } from "./backend-faults.ts";
import { Backends } from "./backends.ts";
import { untilFrozen } from "./faulty-registry.ts";
import { LARGE_FILE, type Moment, momentsOf } from "./points.ts";
import { startOthers, trial } from "./trial.ts";

const LIVES = 3;
/** How long a backend is away. */
const SHORTEST_MS = 200;
const LONGEST_MS = 2_500;

interface Case extends Moment {
  fault: BackendFault;
}

const purpose = "backends";
const order = ({ name }: BackendFault) => seeded(`order of ${name}`, 0, 1_000_000);
const shuffled = backendFaults.toSorted((a, b) => order(a) - order(b));
/** Every point of every service meets a fault, and every fault meets a point. */
const cases = SERVICE_NAMES.flatMap((service) =>
  momentsOf(service, purpose).map((moment) => ({ service, ...moment })),
).map((each, index) => ({ ...each, fault: shuffled[index % shuffled.length] as BackendFault }));

describe("MongoDB, NATS, MinIO and networks that fail while a service is at a named point", function () {
  this.timeout(400_000);
  let outcomes: Promise<string>[];
  before(() => {
    const tasks = SERVICE_NAMES.map(
      (service) => () =>
        failAtEveryPoint(
          service,
          cases.filter((each) => each.service === service),
        ),
    );
    outcomes = sideBySide(tasks.length, tasks);
  });

  it("every fault meets a point", () => {
    expect(new Set(cases.map(({ fault }) => fault.name)).size).to.equal(backendFaults.length);
  });

  for (const [index, service] of SERVICE_NAMES.entries()) {
    it(`lose nothing, and all goes on by itself: ${service}`, async () => {
      console.log(`      ${await outcomes[index]}`);
    });
  }
});

/** The service is held at one point after the other; while it is, something begins to fail, and it goes on into that. */
async function failAtEveryPoint(service: ServiceName, cases: readonly Case[]): Promise<string> {
  const backends = await Backends.start();
  try {
    const options = { engines: backends.engines, environments: backends.environments(service), lives: LIVES };
    return await trial(options, async (registry, fleet) => {
      const world = { backends, address: registry.address(service) };
      startOthers(registry, service);
      const points = cases.map(({ point, hit }) => `${point}:${hit}:SIGSTOP`);
      const held = registry.replace(service, points.join(","));
      fleet.begin();
      for (const { point, hit, fault } of cases) {
        if (point === LARGE_FILE.point) fleet.enlargeNext(LARGE_FILE.weightsBytes);
        await fleet.orFailure(untilFrozen(held, `${point}:${hit}`));
        await fault.begin(world);
        held.child.kill("SIGCONT");
        await pause(seeded(`how long ${fault.name} at ${service} ${point}`, SHORTEST_MS, LONGEST_MS));
        await fault.end(world);
      }
      await registry.untilServing();
      await fleet.more(LIVES);
      return cases.length;
    });
  } finally {
    await backends.remove();
  }
}

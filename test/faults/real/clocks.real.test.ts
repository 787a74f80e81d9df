import { SERVICE_NAMES } from "@slipway/runtime";
import { until } from "@slipway/runtime/testing";
import { expect } from "chai";
import { sharedEngines } from "../../support/shared-engines.ts";
import { seeded } from "../seed.ts";
import type { FaultyRegistry, Incarnation } from "./faulty-registry.ts";
import { trial } from "./trial.ts";

const LIVES = 3;
/** How often people are led to the other three. */
const TURNS = 4;
const MINUTE_MS = 60_000;

describe("two of each service whose clocks differ by minutes", function () {
  this.timeout(400_000);

  it("share leases, lose nothing, do everything once, and say in health what to mend", async () => {
    // Stores of objects refuse signatures from 15 minutes on.
    const aheadMs = seeded("clock", 2 * MINUTE_MS, 10 * MINUTE_MS);
    const line = await trial({ engines: sharedEngines(), lives: LIVES }, async (registry, fleet) => {
      const right = SERVICE_NAMES.map((service) => registry.replace(service));
      const ahead = SERVICE_NAMES.map((service) =>
        registry.spawn(service, "", {
          NODE_OPTIONS: `--import=${new URL("./shifted-clock.ts", import.meta.url)}`,
          SLIPWAY_TEST_CLOCK_AHEAD_MS: `${aheadMs}`,
        }),
      );
      fleet.begin();
      for (let turn = 1; turn <= TURNS; turn += 1) {
        for (const processes of [ahead, right]) {
          await leadAll(registry, processes);
          await fleet.more(LIVES);
        }
      }
      for (const { service, listening } of ahead) {
        const others = SERVICE_NAMES.filter((other) => other !== service).join("|");
        const words = new RegExp(`the clock of the (${others}) service is \\d+ s behind this one. Set both by NTP`);
        const said = await until(`health of ${service} warns`, async () => {
          const { warnings } = (await (await listening)?.health()) ?? { warnings: [] };
          return warnings.find((warning) => words.test(warning));
        });
        const seconds = Number(/(\d+) s behind/.exec(said)?.[1]);
        expect(seconds).to.be.closeTo(aheadMs / 1_000, 10);
      }
      return 2 * TURNS;
    });
    console.log(`      clocks differ by ${Math.round(aheadMs / 1_000)} s; ${line}`);
  });
});

async function leadAll(registry: FaultyRegistry, processes: readonly Incarnation[]): Promise<void> {
  for (const each of processes) await registry.lead(each);
}

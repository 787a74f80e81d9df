import { appendFileSync } from "node:fs";
import Mocha from "mocha";

/**
 * Mocha's readable report, which also appends `N passed, N failed` to the file $SLIPWAY_TALLY where that is set, so that
 * scripts/test.sh can add up checks and tests. A hook that fails counts as a failed test.
 */
class TallyReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const file = process.env.SLIPWAY_TALLY;
      if (file !== undefined) appendFileSync(file, `${this.stats.passes} passed, ${this.stats.failures} failed\n`);
    });
  }
}

// The name under which Node hands an ES module to require(), by which mocha loads reporters.
export { TallyReporter as "module.exports" };

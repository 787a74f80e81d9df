import { expect } from "chai";
import { ALTERATIONS } from "./altered-engines.ts";
import { PLANS } from "./plan/plans.ts";
import { seedsOrRandom } from "./seeds.ts";
import { compareWithEmbedded } from "./two-worlds.ts";
import { Aliases } from "./world/aliases.ts";
import { METHODS } from "./world/services.ts";

const OPERATIONS = 200;

describe("the differential test", function () {
  this.timeout(180_000);

  it("has a plan for every method of every service", () => {
    expect(Object.keys(PLANS).toSorted()).to.deep.equal([...METHODS.keys()].toSorted());
  });

  it("gives ids the same name wherever they stand, and shows them again", () => {
    const [one, other] = [crypto.randomUUID(), crypto.randomUUID()];
    const aliases = new Aliases();
    expect(aliases.hide(`runs/${one} of ${other}, ${one}`)).to.equal("runs/«uid 1» of «uid 2», «uid 1»");
    expect(new Aliases().hide(`runs/${one} of ${one}, ${other}`)).to.equal("runs/«uid 1» of «uid 1», «uid 2»");
    expect(aliases.show("tell «uid 2» of «uid 3»")).to.equal(`tell ${other} of «uid 3»`);
  });

  for (const seed of seedsOrRandom()) {
    it(`finds two embedded worlds alike (seed ${seed})`, async () => {
      const tally = await compareWithEmbedded({ name: "embedded too" }, { seed, operations: OPERATIONS });
      expect(tally.answered).to.include.members(["metadata.v1.VersionService/CreateVersion"]);
    });
  }

  for (const [alteration, wrap] of Object.entries(ALTERATIONS)) {
    it(`finds an engine that ${alteration}`, async () => {
      const error: unknown = await compareWithEmbedded({ name: "altered", wrap }, { seed: 1, operations: 50 }).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error, "nothing was found").to.be.an("error");
      expect((error as Error).message).to.match(/^seed 1[:,] .*differ/);
    });
  }
});

import { expect } from "chai";
import { RecentAnswers } from "./recent-answers.ts";

describe("RecentAnswers", () => {
  it("asks once what several ask for, and again what has failed", async () => {
    const answers = new RecentAnswers();
    let asked = 0;
    const ask = async () => {
      asked += 1;
      if (asked === 1) throw new Error("away");
      return asked;
    };
    const refused = await Promise.allSettled([answers.get("a", ask), answers.get("a", ask)]);
    expect(refused.map(({ status }) => status)).to.deep.equal(["rejected", "rejected"]);
    expect(await Promise.all([answers.get("a", ask), answers.get("a", ask)])).to.deep.equal([2, 2]);
    expect(await answers.get("b", ask)).to.equal(3);
    expect(await answers.get("a", ask)).to.equal(2);
  });

  it("keeps a bounded number of them, the newest", async () => {
    const answers = new RecentAnswers();
    for (let question = 0; question <= 2_000; question += 1) await answers.get(`${question}`, async () => "first");
    expect(await answers.get("2000", async () => "second")).to.equal("first");
    expect(await answers.get("0", async () => "second")).to.equal("second");
  });
});

import { expect } from "chai";
import { advanced, type CollectionRound, firstRound } from "./collection-round.ts";

describe("a look at everything", () => {
  it("goes through recipes, chunks and objects, place by place, and ends", () => {
    const seen: string[] = [];
    for (let round: CollectionRound | undefined = firstRound(5); round !== undefined; ) {
      expect(round.startedMs).to.equal(5);
      seen.push(`${round.phase} ${round.place}`);
      round = advanced(round, round.place < 2 ? round.place + 1 : undefined);
    }
    const places = (phase: string) => [0, 1, 2].map((place) => `${phase} ${place}`);
    expect(seen).to.deep.equal(["RECIPES", "CHUNKS", "OBJECTS"].flatMap(places));
  });
});

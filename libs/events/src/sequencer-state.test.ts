import { expect } from "chai";
import { firstState, type SequencerState, withLease } from "./sequencer-state.ts";

describe("the sequencer's lease", () => {
  const held: SequencerState = { holder: "a", fencingToken: 4, expiresMs: 1_000, sequence: 9 };
  const cases: { name: string; state: SequencerState; holder: string; nowMs: number; expected: unknown }[] = [
    {
      name: "is free at first",
      state: firstState,
      holder: "a",
      nowMs: 5,
      expected: { fencingToken: 1, expiresMs: 305 },
    },
    {
      name: "is extended by its holder",
      state: held,
      holder: "a",
      nowMs: 900,
      expected: { fencingToken: 4, expiresMs: 1_200 },
    },
    { name: "is refused to others while it lasts", state: held, holder: "b", nowMs: 999, expected: undefined },
    {
      name: "is free when it ends",
      state: held,
      holder: "b",
      nowMs: 1_000,
      expected: { fencingToken: 5, expiresMs: 1_300 },
    },
    {
      name: "is taken anew by a holder that was late",
      state: held,
      holder: "a",
      nowMs: 1_001,
      expected: { fencingToken: 5, expiresMs: 1_301 },
    },
  ];
  for (const { name, state, holder, nowMs, expected } of cases) {
    it(name, () => {
      const taken = withLease(state, holder, nowMs, 300);
      expect(taken).to.deep.equal(expected && { ...state, holder, ...(expected as object) });
    });
  }
});

import { create } from "@bufbuild/protobuf";
import { EventSchema } from "@slipway/gen/slipway/event/v1/event_pb.js";
import { expect } from "chai";
import fc from "fast-check";
import { inLanes } from "./in-lanes.ts";

const never = new AbortController().signal;
const eventsOf = (subjects: readonly string[]) =>
  subjects.map((subjectUid, index) => create(EventSchema, { id: `${index}`, subjectUid, sequence: BigInt(index + 1) }));

describe("inLanes", () => {
  it("handles every event once, those of one aggregate in order, and never more aggregates than allowed", async () => {
    const subjects = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(
        subjects,
        fc.integer({ min: 1, max: 5 }),
        fc.scheduler(),
        async (uids, concurrency, scheduler) => {
          const seen: { subjectUid: string; id: number }[] = [];
          const open = new Set<string>();
          let most = 0;
          const outcome = inLanes(eventsOf(uids), concurrency, never, async ({ subjectUid, id }) => {
            expect(open.has(subjectUid)).to.equal(false);
            open.add(subjectUid);
            most = Math.max(most, open.size);
            await scheduler.schedule(Promise.resolve());
            open.delete(subjectUid);
            seen.push({ subjectUid, id: Number(id) });
          });
          await scheduler.waitFor(outcome);
          expect(await outcome).to.deep.equal({ handled: uids.length });
          expect(most).to.be.at.most(concurrency);
          expect(seen.map(({ id }) => id).toSorted((x, y) => x - y)).to.deep.equal(uids.map((_, index) => index));
          for (const uid of new Set(uids)) {
            const own = seen.filter(({ subjectUid }) => subjectUid === uid).map(({ id }) => id);
            expect(own).to.deep.equal(own.toSorted((x, y) => x - y));
          }
        },
      ),
    );
  });

  it("counts up to the first gap when one fails, and begins nothing after it", async () => {
    const begun: string[] = [];
    const outcome = await inLanes(eventsOf(["a", "b", "a", "c"]), 1, never, async ({ id }) => {
      begun.push(id);
      if (id === "2") throw new Error("no");
    });
    expect(outcome.handled).to.equal(1);
    expect(outcome.failure?.error).to.have.property("message", "no");
    expect(begun).to.deep.equal(["0", "2"]);
  });

  it("begins nothing once it is to stop", async () => {
    const stop = new AbortController();
    const outcome = await inLanes(eventsOf(["a", "b"]), 1, stop.signal, async () => stop.abort());
    expect(outcome).to.deep.equal({ handled: 1 });
  });
});

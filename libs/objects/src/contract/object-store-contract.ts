import type { ObjectStore } from "../object-store.ts";
import { describeBadInput } from "./bad-input.ts";
import { describeCrash } from "./crash.ts";
import type { Place, Stores } from "./place.ts";
import { describePutting } from "./putting.ts";
import { describeReading } from "./reading.ts";

/** What every adapter promises, run with one instance and again with two at once on the same place. */
export function describeObjectStore(adapter: string, freshPlace: () => Promise<Place>): void {
  for (const instances of [1, 2]) {
    describe(`ObjectStore: ${adapter}, ${instances === 1 ? "one instance" : "two instances at once"}`, () => {
      let place: Place;
      let one: ObjectStore;
      let other: ObjectStore;

      beforeEach(async () => {
        place = await freshPlace();
        one = await place.open();
        other = instances === 1 ? one : await place.open();
      });
      afterEach(async () => {
        await Promise.all([one.close(), other.close()]);
        await place.remove();
      });

      const stores: Stores = () => ({ one, other });
      describePutting(stores);
      describeReading(stores);
      describeBadInput(stores);
    });
  }
  describeCrash(adapter, freshPlace);
}

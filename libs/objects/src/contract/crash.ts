import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import type { ObjectStore } from "../object-store.ts";
import { crashKey, crashNumber, crashSample } from "./crash-sample.ts";
import type { Place } from "./place.ts";

/** The program that puts until it is killed. */
export const CRASH_CHILD = fileURLToPath(new URL("./crash-child.ts", import.meta.url));

/** After how many acknowledgements each round is killed: other puts are then at other places of their way. */
const KILL_AFTER = [1, 2, 5, 11, 23, 40];

/** kill -9 of a process that is putting, while a second instance looks on. */
export function describeCrash(adapter: string, freshPlace: () => Promise<Place>): void {
  describe(`ObjectStore: ${adapter}, killed while it puts`, () => {
    let place: Place;
    let survivor: ObjectStore;
    beforeEach(async () => {
      place = await freshPlace();
      survivor = await place.open();
    });
    afterEach(async () => {
      await survivor.close();
      await place.remove();
    });

    for (const acknowledgements of KILL_AFTER) {
      it(`keeps what was acknowledged and shows nothing half written (after ${acknowledgements})`, async () => {
        const round = `after-${acknowledgements}`;
        const acknowledged = await putUntilKilled(place, round, acknowledgements);
        expect(acknowledged.length).to.be.at.least(acknowledgements);
        await expectWhole(survivor, round, acknowledged);
        const next = await place.open();
        await expectWhole(next, round, acknowledged);
        await next.close();
      });
    }
  });
}

/** Every acknowledged object is there; every object that is there is whole; every key can still be put. */
export async function expectWhole(store: ObjectStore, round: string, acknowledged: readonly number[]): Promise<void> {
  const present = new Set<number>();
  for await (const { key } of store.list(`t/${round}/`)) {
    const n = crashNumber(key);
    present.add(n);
    expect(Buffer.from(await store.read(key)).equals(crashSample(round, n)), key).to.equal(true);
  }
  expect(acknowledged.filter((n) => !present.has(n))).to.deep.equal([]);
  const absent = Math.max(-1, ...present) + 1;
  expect(await store.put(crashKey(round, absent), crashSample(round, absent))).to.equal("STORED");
}

async function putUntilKilled(place: Place, round: string, acknowledgements: number): Promise<number[]> {
  const { moduleUrl, argument } = place.opener;
  const child = spawn(process.execPath, [CRASH_CHILD, moduleUrl, argument, round], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const seen = await acknowledgementsOf(child, (count) => {
    if (count === acknowledgements) child.kill("SIGKILL");
  });
  expect(child.signalCode, "the child ended before it was killed").to.equal("SIGKILL");
  return seen;
}

/** The numbers that a crash child prints until it ends. */
export async function acknowledgementsOf(child: ChildProcess, onCount: (count: number) => void): Promise<number[]> {
  const closed = once(child, "close");
  const seen: number[] = [];
  if (child.stdout !== null) {
    for await (const line of createInterface({ input: child.stdout })) {
      seen.push(Number(line));
      onCount(seen.length);
    }
  }
  await closed;
  return seen;
}

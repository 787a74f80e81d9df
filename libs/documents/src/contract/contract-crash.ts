import { randomUUID } from "node:crypto";
import { systemClock } from "@slipway/runtime";
import { expect } from "chai";
import type { CommitOutcome, DocumentStore, Write } from "../document-store.ts";
import { type DocumentEngine, openAt } from "./contract-engine.ts";
import { StoreProcess } from "./contract-process.ts";
import { commit, insert, items, keyOf, tenant } from "./contract-sample.ts";

/** A commit of two documents that was sent, and the reply where one came. */
export interface Sent {
  pair: string;
  commitId: string;
  acknowledged: CommitOutcome | undefined;
}

const callers = 6;

/** A process is killed with -9 in the middle of commits: what was acknowledged is there, the rest is whole or absent. */
export function describeCrashes(engine: DocumentEngine): void {
  describe("crashes", () => {
    let location: string;
    beforeEach(async () => {
      location = await engine.createLocation();
    });
    afterEach(() => engine.removeLocation(location));

    for (const acknowledgements of [0, 1, 17, 60]) {
      it(`keeps what was acknowledged when killed after ${acknowledgements} replies`, async () => {
        const child = await StoreProcess.start(engine, location);
        const sent = await commitUntilGone(child, acknowledgements);
        await assertWhole(engine, location, sent);
      });
    }

    for (const point of ["documents.written", "documents.committed"]) {
      for (const time of [1, 3]) {
        it(`keeps what was acknowledged when killed at ${point}, time ${time}`, async () => {
          const environment = { SLIPWAY_FAULT_POINT: `${point}:${time}` };
          const child = await StoreProcess.start(engine, location, { environment });
          const sent = await commitUntilGone(child, Number.POSITIVE_INFINITY);
          await assertWhole(engine, location, sent);
        });
      }
    }
  });
}

/** Several callers commit pairs one after the other until the process is gone; kills it after so many replies. */
export async function commitUntilGone(child: StoreProcess, acknowledgements: number): Promise<Sent[]> {
  const sent: Sent[] = [];
  let acknowledged = 0;
  const caller = async (name: number): Promise<void> => {
    for (let index = 0; ; index += 1) {
      const entry: Sent = { pair: `pair-${name}-${index}`, commitId: randomUUID(), acknowledged: undefined };
      sent.push(entry);
      const reply = child.commit(writesOf(entry), entry.commitId);
      if (acknowledged >= acknowledgements) void child.kill();
      entry.acknowledged = await reply;
      acknowledged += 1;
    }
  };
  await Promise.allSettled(Array.from({ length: callers }, (_, name) => caller(name)));
  await child.exited();
  return sent;
}

/** Opens the database again: acknowledged pairs are there, every pair is whole, indexed and recognised on retry. */
export async function assertWhole(engine: DocumentEngine, location: string, sent: Sent[]): Promise<void> {
  const { documents } = await openAt(engine, location, [items], systemClock);
  try {
    for (const entry of sent) await assertPair(documents, entry);
    expect((await commit(documents, insert("usable"))).committed).to.equal(true);
  } finally {
    await documents.close();
  }
}

function writesOf({ pair }: Sent): Write[] {
  const body = { pair, projection: { terms: [`pair=${pair}`] } };
  return [insert(`${pair}-left`, body), insert(`${pair}-right`, body)];
}

async function assertPair(documents: DocumentStore, entry: Sent): Promise<void> {
  const { pair, commitId, acknowledged } = entry;
  const [left, right] = await documents.getMany([keyOf(`${pair}-left`), keyOf(`${pair}-right`)]);
  expect(left === undefined, `${pair} is half written`).to.equal(right === undefined);
  if (acknowledged?.committed) expect(left, `${pair} was acknowledged`).to.not.equal(undefined);
  const filter = { term: `pair=${pair}` };
  const indexed = await documents.count({ tenant, collection: items.name, filter }, 10);
  expect(indexed, `index of ${pair}`).to.equal(left ? 2 : 0);
  const retried = await documents.commit(writesOf(entry), commitId);
  expect(retried, `retry of ${pair}`).to.deep.equal({ committed: true, revisions: [1, 1] });
  expect((await documents.get(keyOf(`${pair}-left`)))?.revision).to.equal(1);
}

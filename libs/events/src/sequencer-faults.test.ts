import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { systemClock, systemIds } from "@slipway/runtime";
import { expect } from "chai";
import {
  changeOf,
  createFolder,
  type Database,
  everyEvent,
  openDatabase,
  record,
  tenants,
  until,
} from "./contract/contract-sample.ts";
import { Numbering } from "./numbering.ts";

/** Processes that die or freeze while they record and number events. */
describe("sequencer faults", () => {
  let database: Database;
  let place: Awaited<ReturnType<typeof createFolder>>;

  beforeEach(async () => {
    place = await createFolder();
    database = await openDatabase(place.folder);
  });
  afterEach(async () => {
    await database.documents.close();
    await place.remove();
  });

  function child(mode: string, name: string, faultPoint = ""): ChildProcess {
    const module = fileURLToPath(new URL("./contract/contract-sequencer-child.ts", import.meta.url));
    const env = { ...process.env, SLIPWAY_FAULT_POINT: faultPoint };
    return fork(module, [mode, place.folder, name], { env, execArgv: [] });
  }

  /** Numbers everything, as the sequencer that comes next would. */
  async function numberRest(): Promise<void> {
    const options = { ...database, clock: systemClock, ids: systemIds, holder: systemIds.uid(), leaseMs: 200 };
    const numbering = new Numbering(options);
    await until(async () => (await numbering.next()).result === "IDLE");
  }

  async function assertDense(acknowledged: string[]): Promise<void> {
    const events = await everyEvent(database);
    expect(events.map(({ sequence }) => Number(sequence))).to.deep.equal(events.map((_, index) => index + 1));
    for (const { tenantUid } of tenants) {
      const positions = events.filter((event) => event.tenantUid === tenantUid).map(({ position }) => Number(position));
      expect(positions).to.deep.equal(positions.map((_, index) => index + 1));
    }
    const subjects = events.map(({ subject }) => subject.replace(/^tenants\/[^/]+\//, ""));
    expect(new Set(subjects).size, "an event twice").to.equal(subjects.length);
    expect(subjects).to.include.members(acknowledged);
  }

  const points = ["documents.committed:7", "events.numbering:4", "events.numbered:1", "events.numbered:3"];
  for (const point of points) {
    it(`loses and doubles nothing when killed at ${point}, twice`, async () => {
      const acknowledged: string[] = [];
      for (const name of ["first", "second"]) {
        const worker = child("work", name, point);
        worker.on("message", (subject: string) => acknowledged.push(subject));
        const [, signal] = (await once(worker, "exit")) as [number | null, string | null];
        expect(signal, "the point was hit").to.equal("SIGKILL");
      }
      await numberRest();
      await assertDense(acknowledged);
    });
  }

  it("refuses the late write of a process that was stopped with SIGSTOP beyond its lease", async () => {
    for (let index = 0; index < 6; index += 1) await record(database, changeOf(index, `stopped-${index}`));
    const frozen = child("freeze", "frozen");
    const outcome = once(frozen, "message");
    await until(async () => (await stateOfProcess(frozen.pid ?? 0)) === "T");
    await numberRest();
    const before = await everyEvent(database);
    expect(before).to.have.lengthOf(6);
    frozen.kill("SIGCONT");
    expect((await outcome)[0]).to.equal("ELSEWHERE");
    if (frozen.exitCode === null) await once(frozen, "exit");
    expect(await everyEvent(database)).to.deep.equal(before);
    await assertDense([]);
  });
});

/** `T` for a stopped process, see proc(5). */
async function stateOfProcess(pid: number): Promise<string | undefined> {
  const status = await readFile(`/proc/${pid}/stat`, "utf8");
  return status.slice(status.lastIndexOf(")") + 2)[0];
}

import { create } from "@bufbuild/protobuf";
import { RunSchema } from "@slipway/gen/slipway/workflow/v1/run_pb.js";
import { expect } from "chai";
import { laneOf } from "../runs/lane.ts";
import type { StoredRun } from "../runs/run-record.ts";
import { ADMISSION } from "../workflows/admission.ts";
import { ReadyQueue } from "./ready-queue.ts";

let count = 0;
function run(tenantUid: string, workflow = "workflows/x"): StoredRun {
  count += 1;
  const about = { tenant: tenantUid, artifact: undefined, event: undefined, lastToken: 0, control: [] };
  return { tenantUid, revision: 1, record: { run: create(RunSchema, { uid: `run-${count}`, workflow }), ...about } };
}

function takeAll(queue: ReadyQueue): string[] {
  const taken: string[] = [];
  for (let next = queue.take(); next !== undefined; next = queue.take()) {
    taken.push(laneOf(next.tenantUid, next.record.run.workflow));
    queue.release(taken.at(-1) ?? "");
  }
  return taken;
}

describe("ready queue", () => {
  it("lets lanes take turns, however long one of them is", () => {
    const queue = new ReadyQueue(8);
    for (let index = 0; index < 4; index += 1) queue.offer(run("a"));
    queue.offer(run("b"));
    queue.offer(run("a", ADMISSION));
    expect(takeAll(queue)).to.deep.equal(["a/own", "b/own", "a/admission", "a/own", "a/own", "a/own"]);
  });

  it("leaves a quarter of the workers to other lanes", () => {
    const queue = new ReadyQueue(8);
    for (let index = 0; index < 10; index += 1) queue.offer(run("a"));
    for (let index = 0; index < 6; index += 1) expect(queue.take()?.tenantUid).to.equal("a");
    expect(queue.take()).to.equal(undefined);
    expect(queue.hasWork).to.equal(false);
    queue.offer(run("a", ADMISSION));
    expect(queue.take()?.record.run.workflow).to.equal(ADMISSION);
    queue.release("a/own");
    expect(queue.take()?.tenantUid).to.equal("a");
  });

  it("sets a worker aside only where nobody waits for it", () => {
    const queue = new ReadyQueue(1);
    expect(queue.occupy("a/own")).to.equal(true);
    expect(queue.occupy("a/own")).to.equal(false);
    queue.release("a/own");
    queue.offer(run("b"));
    expect(queue.occupy("a/own")).to.equal(false);
  });

  it("keeps a run once, and names the lanes that have enough", () => {
    const queue = new ReadyQueue(4);
    const same = run("a");
    queue.offer(same);
    queue.offer(same);
    for (let index = 0; index < 100; index += 1) queue.offer(run("b"));
    expect(queue.saturatedLanes).to.deep.equal(["b/own"]);
    const taken = takeAll(queue);
    expect(taken.filter((lane) => lane === "a/own")).to.have.length(1);
    expect(taken.filter((lane) => lane === "b/own")).to.have.length(64);
  });
});

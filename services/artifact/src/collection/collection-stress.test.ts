import { randomUUID } from "node:crypto";
import { RpcError } from "@slipway/rpc";
import fc from "fast-check";
import {
  collect,
  collectEverything,
  DAY_MS,
  expectNothingLeft,
  expectReadable,
  HOUR_MS,
  hold,
  release,
} from "../testing/garbage.test.ts";
import { ALICE, closeHarnesses, type Harness, openHarness } from "../testing/harness.test.ts";
import { fileRequests, push, randomBytes, startUpload, uploadFile } from "../testing/pushing.test.ts";

const MIB = 1024 * 1024;
/** Blocks that files are made of: those that have one in common share chunks. */
const BLOCKS = [91, 92, 93, 94, 95].map((seed) => randomBytes(2 * MIB, seed));
/** In no order that anybody has to know; each run of operations is given as data, so that fast-check can shrink it. */
const FILES = ["00", "11", "22", "32", "34"];

type Operation =
  /** Pushes some of the files; a version of it may be made. */
  | { kind: "PUSH"; files: number[]; isHeld: boolean; instance: number }
  /** Sends the first half of a file, and waits. */
  | { kind: "BEGIN"; file: number; instance: number }
  /** Sends the rest of what was begun and makes a version of it. */
  | { kind: "FINISH"; which: number }
  /** Uploads a file and goes away. */
  | { kind: "ABANDON"; file: number; isAborted: boolean; instance: number }
  /** Purges a version. */
  | { kind: "PURGE"; which: number }
  /** Collects when some hours have passed. */
  | { kind: "COLLECT"; instance: number; hours: number }
  | { kind: "SWEEP" };

const instance = fc.nat({ max: 1 });
const file = fc.nat({ max: FILES.length - 1 });
const kind = <Kind extends Operation["kind"]>(name: Kind) => fc.constant(name);
const files = fc.uniqueArray(file, { minLength: 1, maxLength: 2 });
const weighted = (weight: number, arbitrary: fc.Arbitrary<Operation>) => ({ weight, arbitrary });
const operation: fc.Arbitrary<Operation> = fc.oneof(
  weighted(3, fc.record({ kind: kind("PUSH"), files, isHeld: fc.boolean(), instance })),
  weighted(4, fc.record({ kind: kind("BEGIN"), file, instance })),
  weighted(2, fc.record({ kind: kind("FINISH"), which: fc.nat() })),
  weighted(1, fc.record({ kind: kind("ABANDON"), file, isAborted: fc.boolean(), instance })),
  weighted(3, fc.record({ kind: kind("PURGE"), which: fc.nat() })),
  weighted(16, fc.record({ kind: kind("COLLECT"), instance, hours: fc.constantFrom(0, 1, 1, 1, 2, 12, 23) })),
  weighted(1, fc.record({ kind: kind("SWEEP") })),
);
/** What is done at the same time, one group after the other. */
const groups = fc.array(fc.array(operation, { minLength: 1, maxLength: 3 }), { minLength: 25, maxLength: 35 });

function bytesOf(index: number): Buffer {
  return Buffer.concat([...(FILES[index] ?? "")].map((block) => BLOCKS[Number(block)] as Buffer));
}

/** An upload that is under way. */
interface Begun {
  finish(): void;
  ended: Promise<void>;
}

/** Two services on one database and one object store, and the versions that hold artifacts there. */
class Registry {
  readonly #instances: readonly [Harness, Harness];
  readonly #versions: { holderUid: string; artifact: string; files: Record<string, Buffer> }[] = [];
  readonly #begun: Begun[] = [];

  constructor(instances: readonly [Harness, Harness]) {
    this.#instances = instances;
  }

  async perform(operation: Operation): Promise<void> {
    switch (operation.kind) {
      case "PUSH": {
        const harness = this.#at(operation.instance);
        const files = Object.fromEntries(operation.files.map((index) => [`f${index}`, bytesOf(index)]));
        return unlessTold(async () => {
          const { artifact } = await push(harness.as(ALICE), files);
          if (operation.isHeld) await this.#makeVersion(harness, artifact.name, files);
        });
      }
      case "BEGIN":
        this.#begun.push(this.#begin(this.#at(operation.instance), bytesOf(operation.file)));
        return;
      case "FINISH": {
        const [begun] = this.#begun.splice(operation.which % Math.max(this.#begun.length, 1), 1);
        begun?.finish();
        return begun?.ended;
      }
      case "ABANDON": {
        const clients = this.#at(operation.instance).as(ALICE);
        return unlessTold(async () => {
          const upload = await startUpload(clients);
          await uploadFile(clients, upload, "abandoned", bytesOf(operation.file));
          if (operation.isAborted) await clients.uploads.abortUpload({ name: upload });
        });
      }
      case "PURGE": {
        const [purged] = this.#versions.splice(operation.which % Math.max(this.#versions.length, 1), 1);
        if (purged !== undefined) await release(this.#at(0), purged.artifact, purged.holderUid);
        return;
      }
      case "COLLECT":
        for (const { clock } of this.#instances) clock.advance(operation.hours * HOUR_MS);
        await collect(this.#at(operation.instance));
        return;
      case "SWEEP":
        await this.#at(1).sweep();
    }
  }

  #begin(harness: Harness, bytes: Buffer): Begun {
    const clients = harness.as(ALICE);
    const { promise: rest, resolve: finish } = Promise.withResolvers<void>();
    const ended = unlessTold(async () => {
      const upload = await startUpload(clients);
      async function* halved() {
        let sentBytes = 0;
        for await (const request of fileRequests({ upload, path: "f" }, bytes)) {
          yield request;
          sentBytes += MIB;
          if (sentBytes * 2 > bytes.length) await rest;
        }
      }
      await clients.uploads.uploadFile(halved());
      const { artifact } = await clients.uploads.completeUpload({ upload });
      await this.#makeVersion(harness, artifact?.name ?? "", { f: bytes });
    });
    return { finish, ended };
  }

  async #makeVersion(harness: Harness, artifact: string, files: Record<string, Buffer>): Promise<void> {
    const holderUid = randomUUID();
    await hold(harness, artifact, holderUid);
    this.#versions.push({ holderUid, artifact, files });
  }

  async expectVersionsReadable(): Promise<void> {
    for (const { artifact, files } of this.#versions) await expectReadable(this.#at(1).as(ALICE), artifact, files);
  }

  async finishAndPurgeEverything(): Promise<void> {
    while (this.#begun.length > 0) await this.perform({ kind: "FINISH", which: 0 });
    await this.expectVersionsReadable();
    while (this.#versions.length > 0) await this.perform({ kind: "PURGE", which: 0 });
  }

  #at(instance: number): Harness {
    return this.#instances[instance] as Harness;
  }
}

/** A day may pass beside an upload or a claim: then it is told so, and nothing was promised. */
async function unlessTold(work: () => Promise<void>): Promise<void> {
  const told = ["UPLOAD_NOT_FOUND", "UPLOAD_NOT_OPEN", "ARTIFACT_NOT_FOUND"];
  try {
    await work();
  } catch (error) {
    if (!(error instanceof RpcError && told.includes(error.reason))) throw error;
  }
}

describe("uploads, purges and collections side by side, in two services", function () {
  this.timeout(300_000);
  afterEach(closeHarnesses);

  it("never make unreadable what a version holds, and leave nothing in the end", async () => {
    await fc.assert(
      fc.asyncProperty(groups, async (script) => {
        const first = await openHarness();
        const second = await openHarness({ folder: first.folder });
        const registry = new Registry([first, second]);
        for (const group of script) {
          await Promise.all(group.map((each) => registry.perform(each)));
          await registry.expectVersionsReadable();
        }
        await registry.finishAndPurgeEverything();
        // Uploads end a day after their last write, artifacts a day after their last claim, and what broke off is found
        // within a week of the clock that names objects, which is this machine's.
        for (const { clock } of [first, second]) clock.advance(Math.max(Date.now() - clock.nowMs(), 0) + 2 * DAY_MS);
        await collectEverything(first);
        first.clock.advance(8 * DAY_MS);
        await collectEverything(first);
        await expectNothingLeft(first);
        await closeHarnesses();
      }),
      { numRuns: 4, seed: 21, endOnFailure: true },
    );
  });
});

import { spawn, spawnSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { acknowledgementsOf, CRASH_CHILD, expectWhole } from "./contract/crash.ts";
import { crashKey } from "./contract/crash-sample.ts";
import { objectPath, temporaryFolder } from "./filesystem/paths.ts";
import { parseKey } from "./object-key.ts";
import { freshFolderPlace } from "./testing/folder-place.ts";
import { skipBecause, straceMissing } from "./testing/skip.ts";
import { parseSystemCalls, type SystemCall } from "./testing/system-calls.ts";

const CALLS = "trace=mkdir,write,fsync,fdatasync,link,linkat,rename,unlink";

describe("files: what reaches the disk, and in which order", () => {
  let place: Awaited<ReturnType<typeof freshFolderPlace>>;
  before(function () {
    const reason = straceMissing();
    if (reason !== undefined) skipBecause(this, reason);
  });
  beforeEach(async () => {
    place = await freshFolderPlace();
  });
  afterEach(async () => {
    await place.remove();
  });

  function straced(options: string[], round: string, objects: number): [string, string[]] {
    const { moduleUrl, argument } = place.opener;
    const child = [process.execPath, CRASH_CHILD, moduleUrl, argument, round, String(objects)];
    return ["strace", ["-f", "-qq", "-y", "-s", "64", "-e", CALLS, ...options, ...child]];
  }

  async function traced(round: string, objects: number): Promise<SystemCall[]> {
    const traceFile = join(place.folder, "trace");
    const { status } = spawnSync(...straced(["-o", traceFile], round, objects), {
      stdio: ["ignore", "ignore", "inherit"],
    });
    expect(status).to.equal(0);
    return parseSystemCalls(await readFile(traceFile, "utf8"));
  }

  it("writes, syncs the file, links it, syncs its folder and those above, and only then acknowledges", async () => {
    const objects = 40;
    const calls = await traced("order", objects);
    for (let n = 0; n < objects; n++) expectDurableBeforeAcknowledged(calls, place.folder, n);
    expect(calls.filter(({ name }) => name === "rename")).to.deep.equal([]);
  });

  it("syncs the folders before it says that an object exists, since who put it may not have come so far", async () => {
    const objects = 20;
    await traced("exists", objects);
    const calls = await traced("exists", objects);
    expect(calls.filter(({ name }) => name === "link")).to.deep.equal([]);
    for (let n = 0; n < objects; n++) {
      const { folders } = objectPath(place.folder, parseKey(crashKey("exists", n)));
      for (const folder of folders) expectSyncedBefore(calls, folder, n);
    }
  });

  for (const point of [
    "mkdir:3",
    "mkdir:6",
    "write:60",
    "write:140",
    "fsync:3",
    "fsync:9",
    "fsync:16",
    "fsync:33",
  ].concat(["link:1", "link:7", "link:20", "unlink:1", "unlink:9", "unlink:25"])) {
    const [call = "", when = ""] = point.split(":");
    it(`killed at its ${call} number ${when}: keeps what was acknowledged, shows nothing half written`, async () => {
      const inject = `inject=${call}:signal=SIGKILL:when=${when}`;
      const child = spawn(...straced(["-o", "/dev/null", "-e", inject], "killed", 200), {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const acknowledged = await acknowledgementsOf(child, () => undefined);
      expect(child.signalCode, "the point was not hit").to.equal("SIGKILL");
      const store = await place.open();
      await expectWhole(store, "killed", acknowledged);
      await store.close();
      expect(await readdir(temporaryFolder(place.folder))).to.deep.equal([]);
    });
  }
});

function expectDurableBeforeAcknowledged(calls: readonly SystemCall[], folder: string, n: number): void {
  const { folders, path } = objectPath(folder, parseKey(crashKey("order", n)));
  const first = (name: string, ending: string, from = 0) =>
    calls.find((call) => call.name === name && call.began >= from && call.text.includes(ending));
  const link = first("link", `"${path}"`);
  const temporary = link?.text.split('"')[1];
  const writes = calls.filter(({ name, text }) => name === "write" && text.includes(`<${temporary}>`));
  const fileSync = first("fsync", `<${temporary}>`);
  const folderSync = first("fsync", `<${dirname(path)}>`, link?.ended);
  const acknowledged = first("write", `"${n}\\n"`);
  const order = [
    ...writes.map(({ ended }) => ended),
    fileSync?.began,
    fileSync?.ended,
    link?.began,
    link?.ended,
  ].concat(folderSync?.began, folderSync?.ended, acknowledged?.began);
  expect(writes.length).to.be.at.least(1);
  expect(order, `object ${n}`).to.not.include(undefined);
  expect(order, `object ${n}`).to.deep.equal(order.toSorted((a = 0, b = 0) => a - b));
  for (const above of folders.slice(0, -1)) expectSyncedBefore(calls, above, n);
}

function expectSyncedBefore(calls: readonly SystemCall[], folder: string, n: number): void {
  const sync = calls.find(({ name, text }) => name === "fsync" && text.endsWith(`<${folder}>`));
  const acknowledged = calls.find(({ name, text }) => name === "write" && text.includes(`"${n}\\n"`));
  expect(sync?.ended, `${folder} before object ${n}`).to.be.below(acknowledged?.began ?? 0);
}

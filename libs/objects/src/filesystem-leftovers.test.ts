import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { mock } from "node:test";
import { systemIds } from "@slipway/runtime";
import { expect } from "chai";
import { sampleBytes } from "./contract/sample.ts";
import { temporaryFolder } from "./filesystem/paths.ts";
import { currentOwner, isAlive, ownerFolderName, type TemporaryOwner } from "./filesystem/temporary-owner.ts";
import { openFileObjects } from "./filesystem.ts";
import { freshFolderPlace } from "./testing/folder-place.ts";

const HOUR_MS = 60 * 60 * 1000;

describe("files: leftover temporary files", () => {
  let place: Awaited<ReturnType<typeof freshFolderPlace>>;
  let here: TemporaryOwner;
  const nowMs = Date.UTC(2026, 10, 1);
  const clock = { nowMs: () => nowMs };

  beforeEach(async () => {
    place = await freshFolderPlace();
    here = await currentOwner();
  });
  afterEach(async () => {
    await place.remove();
  });

  /** A temporary file of an owner, last written at a time. */
  async function leave(owner: TemporaryOwner, writtenMs: number): Promise<string> {
    const folder = join(temporaryFolder(place.folder), ownerFolderName(owner, systemIds.uid()));
    const path = join(folder, "1");
    await mkdir(folder, { recursive: true });
    await writeFile(path, "half an obj");
    for (const each of [path, folder]) await utimes(each, writtenMs / 1000, writtenMs / 1000);
    return path;
  }

  async function reopen(): Promise<void> {
    await (await openFileObjects({ folder: place.folder, clock })).close();
  }

  async function deadPid(): Promise<number> {
    const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
    await once(child, "exit");
    return child.pid ?? 0;
  }

  it("removes those of a process that is gone, at once", async () => {
    const path = await leave({ ...here, pid: await deadPid(), start: "1" }, nowMs);
    await reopen();
    expect(existsSync(path)).to.equal(false);
    expect(await readdir(temporaryFolder(place.folder))).to.deep.equal([]);
  });

  it("keeps those of a living process, however old they are", async () => {
    const path = await leave({ ...here, pid: process.ppid, start: "0" }, nowMs - 1000 * HOUR_MS);
    const own = await leave(here, nowMs - 1000 * HOUR_MS);
    await reopen();
    expect(existsSync(path)).to.equal(true);
    expect(existsSync(own)).to.equal(true);
  });

  it("is not misled by another process with the same id", async function () {
    if (here.start === "0") this.skip(); // the start of a process can be seen on Linux only
    const path = await leave({ ...here, start: "1" }, nowMs);
    await reopen();
    expect(existsSync(path)).to.equal(false);
  });

  it("removes those of another host or container only an hour after their last change", async () => {
    const elsewhere = { scope: "0123456789abcdef", pid: 1, start: "7" };
    const fresh = await leave(elsewhere, nowMs - HOUR_MS + 1000);
    const old = await leave(elsewhere, nowMs - HOUR_MS - 1000);
    await reopen();
    expect(existsSync(fresh)).to.equal(true);
    expect(existsSync(old)).to.equal(false);
  });

  it("leaves alone what no instance made", async () => {
    const path = join(temporaryFolder(place.folder), "notes", "1");
    await mkdir(join(path, ".."), { recursive: true });
    await writeFile(path, "mine");
    await reopen();
    expect(existsSync(path)).to.equal(true);
  });

  it("removes those of a process that ended unseen, as long as it stays in the process table", async function () {
    if (here.start === "0") this.skip(); // the state of a process can be seen on Linux only
    // The shell starts a child, tells its id, and becomes a program that never asks for its end.
    const parent = spawn("sh", ["-c", "sleep 0 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      const [line] = await once(parent.stdout, "data");
      const zombie = { ...here, pid: Number(String(line)), start: "0" };
      while ((await isAlive(zombie, here)) !== false) await new Promise(setImmediate);
      const path = await leave(zombie, nowMs);
      await reopen();
      expect(existsSync(path)).to.equal(false);
      expect(existsSync(`/proc/${zombie.pid}`)).to.equal(true);
    } finally {
      parent.kill("SIGKILL");
    }
  });

  it("removes them every hour while an instance is open, and reports when it cannot", async () => {
    const failures: string[] = [];
    mock.timers.enable({ apis: ["setInterval"] });
    const store = await openFileObjects({
      folder: place.folder,
      clock,
      onSweepFailure: ({ kind }) => failures.push(kind),
    });
    try {
      const path = await leave({ ...here, pid: await deadPid(), start: "1" }, nowMs);
      mock.timers.tick(HOUR_MS);
      while (existsSync(path)) await new Promise(setImmediate);
      await rm(temporaryFolder(place.folder), { recursive: true });
      mock.timers.tick(HOUR_MS);
      while (failures.length === 0) await new Promise(setImmediate);
      expect(failures).to.deep.equal(["UNAVAILABLE"]);
    } finally {
      mock.timers.reset();
      await store.close();
    }
  });

  it("does not disturb instances that put while others open and close", async () => {
    const store = await place.open();
    const puts = Array.from({ length: 60 }, (_, n) => store.put(`t/${n}`, sampleBytes(`${n}`, 50_000)));
    const opens = Array.from({ length: 20 }, async () => (await place.open()).close());
    await Promise.all(opens);
    expect(new Set(await Promise.all(puts))).to.deep.equal(new Set(["STORED"]));
    await store.close();
    expect(await readdir(temporaryFolder(place.folder))).to.deep.equal([]);
  });

  it("knows that this process lives", async () => {
    expect(await isAlive(here, here)).to.equal(true);
    expect(await isAlive({ ...here, scope: "0123456789abcdef" }, here)).to.equal(undefined);
  });
});

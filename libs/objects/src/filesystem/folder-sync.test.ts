import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { FolderSync } from "./folder-sync.ts";

describe("FolderSync", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "slipway-folder-sync-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it("lets all who ask at the same time share one sync", async () => {
    const folderSync = new FolderSync();
    const syncs = new Set(Array.from({ length: 100 }, () => folderSync.sync(folder)));
    expect(syncs.size).to.equal(1);
    await Promise.all(syncs);
  });

  it("gives those who ask while a sync runs another one, which starts later", async () => {
    const folderSync = new FolderSync();
    const running = folderSync.sync(folder);
    await Promise.resolve();
    await Promise.resolve(); // the first sync has been handed to the system now, and no turn of the loop has passed
    const later = folderSync.sync(folder);
    expect(later).to.not.equal(running);
    expect(folderSync.sync(folder)).to.equal(later);
    await Promise.all([running, later]);
    expect(folderSync.sync(folder)).to.not.equal(later);
  });

  it("reports a failure to all who shared the sync, and works again afterwards", async () => {
    const folderSync = new FolderSync();
    const missing = join(folder, "missing");
    const outcomes = await Promise.allSettled([folderSync.sync(missing), folderSync.sync(missing)]);
    expect(outcomes.map(({ status }) => status)).to.deep.equal(["rejected", "rejected"]);
    await folderSync.makeDurable([missing]);
    await folderSync.sync(missing);
  });

  it("makes folders again after they were forgotten", async () => {
    const folderSync = new FolderSync();
    const folders = [join(folder, "a"), join(folder, "a", "b")];
    await folderSync.makeDurable(folders);
    await rm(join(folder, "a"), { recursive: true });
    await folderSync.makeDurable(folders);
    expect(existsSync(join(folder, "a"))).to.equal(false);
    folderSync.forget(folders);
    await folderSync.makeDurable(folders);
    expect(existsSync(join(folder, "a", "b"))).to.equal(true);
  });
});

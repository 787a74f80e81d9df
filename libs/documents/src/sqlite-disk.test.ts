import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { systemClock } from "@slipway/runtime";
import { expect } from "chai";
import { assertWhole, commitUntilGone } from "./contract/contract-crash.ts";
import { StoreProcess } from "./contract/contract-process.ts";
import { commit, insert, items, keyOf } from "./contract/contract-sample.ts";
import { skipBecause, straceMissing } from "./contract/contract-skip.ts";
import { sqliteEngine } from "./contract/contract-sqlite.ts";
import { type DocumentStore, DocumentStoreError } from "./document-store.ts";
import { openSqliteDocuments } from "./sqlite.ts";

describe("SQLite: what reaches the disk", () => {
  let location: string;
  before(function () {
    const reason = straceMissing();
    if (reason) skipBecause(this, reason);
  });
  beforeEach(async () => {
    location = await sqliteEngine.createLocation();
  });
  afterEach(() => sqliteEngine.removeLocation(location));

  it("syncs the log before it acknowledges a commit", async () => {
    const trace = join(dirname(location), "trace");
    const under = ["strace", "-f", "-qq", "-y", "-e", "trace=fsync,fdatasync", "-o", trace];
    const child = await StoreProcess.start(sqliteEngine, location, { under });
    let synced = await syncsOfLog(trace);
    for (let index = 0; index < 5; index += 1) {
      await commit(child, insert(`synced-${index}`));
      const now = await syncsOfLog(trace);
      expect(now, `commit ${index} was acknowledged without a sync`).to.be.greaterThan(synced);
      synced = now;
    }
    await child.kill();
  });

  it("syncs once for many commits that arrive together", async () => {
    const trace = join(dirname(location), "trace");
    const under = ["strace", "-f", "-qq", "-y", "-e", "trace=fsync,fdatasync", "-o", trace];
    const child = await StoreProcess.start(sqliteEngine, location, { under });
    const before = await syncsOfLog(trace);
    await Promise.all(Array.from({ length: 200 }, (_, index) => commit(child, insert(`group-${index}`))));
    expect((await syncsOfLog(trace)) - before).to.be.lessThan(100);
    await child.kill();
  });

  const points = ["pwrite64:40", "pwrite64:61", "pwrite64:102", "pwrite64:177", "fsync:6", "fsync:9", "fsync:14"];
  for (const point of points) {
    const [call, when] = point.split(":");
    it(`keeps what was acknowledged when killed at ${call} number ${when}`, async () => {
      const inject = `inject=${call}:signal=SIGKILL:when=${when}`;
      const under = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", inject];
      const started = await StoreProcess.start(sqliteEngine, location, { under }).catch(() => undefined);
      const sent = started ? await commitUntilGone(started, Number.POSITIVE_INFINITY) : [];
      await assertWhole(sqliteEngine, location, sent);
    });
  }

  async function syncsOfLog(trace: string): Promise<number> {
    const text = await readFile(trace, "utf8");
    return text.split("\n").filter((line) => /f(data)?sync\(.*-wal>/.test(line)).length;
  }
});

describe("SQLite: a full disk", () => {
  let folder: string;
  let database: string;
  let documents: DocumentStore;

  before(async function () {
    folder = await mkdtemp(join(tmpdir(), "slipway-full-"));
    const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", folder]);
    if (status === 0) return;
    await rm(folder, { recursive: true });
    skipBecause(this, "a small disk cannot be mounted here; it takes root");
  });
  after(async () => {
    const { status } = spawnSync("umount", [folder]);
    if (status === 0) await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    database = join(folder, randomUUID());
    const path = join(database, "documents.sqlite");
    documents = (await openSqliteDocuments({ path, collections: [items], clock: systemClock })).documents;
  });
  afterEach(async () => {
    await documents.close();
    // The next test has the whole disk.
    await rm(database, { recursive: true });
  });

  for (const characters of [10, 3_000, 400_000]) {
    it(`says FULL with bodies of ${characters} characters, writes nothing half, and goes on once there is room`, async () => {
      const filler = join(folder, `filler-${characters}`);
      await writeFile(filler, Buffer.alloc(5 * 1024 * 1024));
      const kept: string[] = [];
      const kinds = new Set<string>();
      for (let round = 0; round < 3_000 && !kinds.has("FULL"); round += 1) {
        const pairs = Array.from({ length: 8 }, (_, index) => `full-${round}-${index}`);
        for (const [pair, kind] of await Promise.all(pairs.map((pair) => outcomeOf(pair, characters)))) {
          kinds.add(kind);
          if (kind === "COMMITTED") kept.push(pair);
        }
      }
      expect([...kinds].sort()).to.deep.equal(["COMMITTED", "FULL"]);
      await assertKept(kept);
      await rm(filler);
      expect((await commit(documents, insert("room"))).committed).to.equal(true);
      await assertKept(kept);
    });
  }

  async function outcomeOf(pair: string, characters: number): Promise<[string, string]> {
    const body = { text: "x".repeat(characters), projection: { terms: [pair, "all"] } };
    try {
      await commit(documents, insert(`${pair}-left`, body), insert(`${pair}-right`, body));
      return [pair, "COMMITTED"];
    } catch (error) {
      if (error instanceof DocumentStoreError) return [pair, error.kind];
      throw error;
    }
  }

  async function assertKept(pairs: string[]): Promise<void> {
    const { tenant, collection } = keyOf("");
    const count = await documents.count({ tenant, collection, filter: { term: "all" } }, 100_000);
    expect(count, "half a commit").to.equal(pairs.length * 2);
    for (const pair of pairs.slice(-50))
      expect(await documents.get(keyOf(`${pair}-right`)), pair).to.not.equal(undefined);
  }
});

describe("SQLite: files", () => {
  let location: string;
  beforeEach(async () => {
    location = await sqliteEngine.createLocation();
  });
  afterEach(() => sqliteEngine.removeLocation(location));

  const open = (path: string) => openSqliteDocuments({ path, collections: [items], clock: systemClock });
  const kindOf = (error: unknown): unknown => (error instanceof DocumentStoreError ? error.kind : error);

  it("makes the folders that are missing", async () => {
    const path = join(location, "a", "b", "documents.sqlite");
    await (await open(path)).documents.close();
    expect((await stat(path)).size).to.be.greaterThan(0);
  });

  it("leaves a foreign database and other files alone", async () => {
    const { DatabaseSync } = await import("node:sqlite");
    const foreign = new DatabaseSync(location);
    foreign.exec("CREATE TABLE theirs (a)");
    foreign.close();
    expect(await open(location).catch(kindOf)).to.equal("INVALID");
    const text = join(dirname(location), "text");
    await writeFile(text, "no database at all, but long enough to look like one. ".repeat(100));
    expect(await open(text).catch(kindOf)).to.equal("INVALID");
    expect(await readFile(text, "utf8")).to.match(/^no database/);
  });

  for (const [layout, kind] of [
    [99, "NEWER_FORMAT"],
    [1, "INVALID"],
  ] as const) {
    it(`refuses layout ${layout} of other code with ${kind} and leaves it as it is`, async () => {
      const { DatabaseSync } = await import("node:sqlite");
      await (await open(location)).documents.close();
      const database = new DatabaseSync(location);
      database.exec(`PRAGMA user_version = ${layout}`);
      expect(await open(location).catch(kindOf)).to.equal(kind);
      expect(database.prepare("PRAGMA user_version").get()).to.deep.include({ user_version: layout });
      database.close();
    });
  }

  it("can be opened by many at the very first moment", async () => {
    const all = await Promise.all(Array.from({ length: 6 }, () => open(location)));
    const outcomes = await Promise.all(all.map(({ documents }) => commit(documents, insert("first"))));
    expect(outcomes.filter(({ committed }) => committed)).to.have.lengthOf(1);
    await Promise.all(all.map(({ documents }) => documents.close()));
  });

  it("forgets outcomes after 24 hours", async () => {
    let nowMs = Date.UTC(2026, 0, 1);
    const { documents } = await openSqliteDocuments({
      path: location,
      collections: [items],
      clock: { nowMs: () => nowMs },
    });
    const commitId = randomUUID();
    await documents.commit([insert("forgotten")], commitId);
    nowMs += 24 * 60 * 60 * 1000 + 1;
    await commit(documents, insert("later"));
    expect(await documents.commit([insert("forgotten")], commitId)).to.deep.include({ reason: "ALREADY_EXISTS" });
    await documents.close();
  });
});

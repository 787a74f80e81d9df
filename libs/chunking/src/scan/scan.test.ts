import { createHash } from "node:crypto";
import { once } from "node:events";
import { appendFile, mkdir, mkdtemp, rename, rm, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { createHashPool, type HashPool } from "../hashing/hash-pool.ts";
import { ManifestError } from "../manifest-error.ts";
import { hashSourceFiles } from "./hash-source-files.ts";
import { scan } from "./scan.ts";
import { ScanError } from "./scan-error.ts";
import { hashSourceFile, readSourceFile, type SourceFile } from "./source-file.ts";

const MIB = 1024 * 1024;

let folder: string;
let pool: HashPool;

/** Gives each test of a suite an empty folder, and all of them one pool. */
function useFolderAndPool(): void {
  before(() => {
    pool = createHashPool({ workers: 1 });
  });
  after(async () => {
    await pool.close();
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "slipway-scan-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });
}

async function put(path: string, content: string | Uint8Array = path): Promise<string> {
  const target = join(folder, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content);
  return target;
}

async function paths(root = folder): Promise<string[]> {
  return (await scan(root)).map(({ path }) => path);
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof ScanError) && !(error instanceof ManifestError)) throw error;
    expect(error.message).to.match(/: .*\.$/);
    return error.code;
  }
  return "accepted";
}

describe("scan", () => {
  useFolderAndPool();

  it("finds the files of a folder at any depth, sorted, with their sizes, and no empty folders", async () => {
    await put("weights/part-2.bin", "two!");
    await put("weights/part-1.bin", "one");
    await put("README.md", "");
    await put(".hidden/config", "x");
    await mkdir(join(folder, "empty/deep"), { recursive: true });
    const files = await scan(folder);
    expect(files.map(({ path, sizeBytes }) => [path, sizeBytes])).to.deep.equal([
      [".hidden/config", 1],
      ["README.md", 0],
      ["weights/part-1.bin", 3],
      ["weights/part-2.bin", 4],
    ]);
    expect(files[2]?.sourcePath).to.equal(join(folder, "weights/part-1.bin"));
  });

  it("takes a single file under its own name, also through a link", async () => {
    const file = await put("model.onnx", "hello");
    await symlink(file, join(folder, "latest.onnx"));
    expect(await paths(file)).to.deep.equal(["model.onnx"]);
    expect(await paths(join(folder, "latest.onnx"))).to.deep.equal(["latest.onnx"]);
  });

  it("converts names to NFC and still finds the file on disk", async () => {
    const decomposed = "mode\u0300le/re\u0301sume\u0301.bin";
    await put(decomposed, "x");
    const [file] = await scan(folder);
    expect(file?.path).to.equal(decomposed.normalize("NFC"));
    expect(await hashSourceFiles(await scan(folder), pool)).to.have.length(1);
  });

  it("follows links to files, as in a snapshot of Hugging Face, also out of the folder", async () => {
    await put("blobs/abc", "weights");
    await mkdir(join(folder, "snapshots/main"), { recursive: true });
    await symlink("../../blobs/abc", join(folder, "snapshots/main/model.safetensors"));
    await symlink(join(folder, "snapshots/main"), join(folder, "current"));
    const files = await scan(join(folder, "snapshots/main"));
    expect(files.map(({ path, sizeBytes }) => [path, sizeBytes])).to.deep.equal([["model.safetensors", 7]]);
    expect(await paths(join(folder, "current"))).to.deep.equal(["model.safetensors"]);
  });

  it("refuses links to folders and links to nothing, unless they are ignored", async () => {
    await put("a/file");
    await symlink("a", join(folder, "link"));
    expect(await codeOf(scan(folder))).to.equal("LINK_TO_FOLDER");
    await put(".slipwayignore", "link/\nbroken\nloop\n");
    expect(await paths()).to.deep.equal(["a/file"]);
    await symlink("nowhere", join(folder, "broken"));
    await symlink("loop", join(folder, "loop"));
    expect(await paths()).to.deep.equal(["a/file"]);
    await put(".slipwayignore", "link\nloop");
    expect(await codeOf(scan(folder))).to.equal("LINK_BROKEN");
    await put(".slipwayignore", "link\nbroken");
    expect(await codeOf(scan(folder))).to.equal("LINK_BROKEN");
  });

  it("leaves out what .slipwayignore names, and the file itself", async () => {
    await put(".slipwayignore", "*.log\n/checkpoints/\n!keep.log\nResume\u0301.txt\n# a comment\n");
    await put("train.log");
    await put("deep/er/train.log");
    await put("deep/keep.log");
    await put("checkpoints/1.bin");
    await put("deep/checkpoints/2.bin");
    await put("Resume\u0301.txt");
    await put("TRAIN.LOG");
    await put("deep/.slipwayignore", "*");
    const expected = ["TRAIN.LOG", "deep/.slipwayignore", "deep/checkpoints/2.bin", "deep/keep.log"];
    expect(await paths()).to.deep.equal(expected);
  });

  it("refuses a folder without files, also when all are left out", async () => {
    await mkdir(join(folder, "a/b"), { recursive: true });
    expect(await codeOf(scan(folder))).to.equal("NOTHING_TO_PUSH");
    await put(".slipwayignore", "*");
    await put("x");
    await scan(folder).then(
      () => expect.fail(),
      (error: ScanError) => expect([error.code, error.message]).to.match(/NOTHING_TO_PUSH.*\.slipwayignore/),
    );
  });

  it("refuses what is neither file nor folder", async () => {
    await put("file");
    const server = createServer().listen(join(folder, "socket"));
    await once(server, "listening");
    expect(await codeOf(scan(folder))).to.equal("NOT_A_FILE");
    server.close();
    await once(server, "close");
    await symlink("/dev/null", join(folder, "device"));
    expect(await codeOf(scan(folder))).to.equal("NOT_A_FILE");
    expect(await codeOf(scan(join(folder, "device")))).to.equal("NOT_A_FILE");
    await put(".slipwayignore", "device");
    expect(await paths()).to.deep.equal(["file"]);
  });

  it("refuses names that a manifest cannot hold", async () => {
    const names: [name: string | Buffer, code: string][] = [
      ["back\\slash", "PATH_BACKSLASH"],
      ["new\nline", "PATH_CONTROL_CHARACTER"],
      [Buffer.from([0x61, 0xff, 0x62]), "PATH_NOT_UNICODE"],
    ];
    for (const [name, code] of names) {
      const path = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name)]);
      await writeFile(path, "x");
      expect(await codeOf(scan(folder))).to.equal(code);
      await rm(path);
    }
    await put("Model.bin");
    await put("model.bin");
    expect(await codeOf(scan(folder))).to.equal("PATH_CASE_CLASH");
    await rm(join(folder, "Model.bin"));
    await put("e\u0301");
    await put("\u00e9");
    expect(await codeOf(scan(folder))).to.equal("PATH_REPEATED");
  });

  it("says when there is nothing at the path", async () => {
    expect(await codeOf(scan(join(folder, "missing")))).to.equal("NOT_FOUND");
    expect(await codeOf(scan(join(await put("file"), "below")))).to.equal("UNREADABLE");
  });
});

describe("source files", () => {
  useFolderAndPool();

  const content = Buffer.alloc(2 * MIB + 5, "weights ");
  const sha256 = createHash("sha256").update(content).digest("hex");
  let file: SourceFile;
  beforeEach(async () => {
    await put("model.bin", content);
    [file] = (await scan(folder)) as [SourceFile];
  });

  async function read(offset?: number, meanwhile?: () => Promise<void>): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    for await (const piece of readSourceFile(file, offset)) {
      expect(piece.length).to.be.within(1, MIB);
      pieces.push(piece);
      if (pieces.length === 1) await meanwhile?.();
    }
    return Buffer.concat(pieces);
  }

  it("are hashed and read as they are, from any offset", async () => {
    expect(await hashSourceFile(file, pool)).to.deep.equal({ path: "model.bin", sha256, sizeBytes: content.length });
    expect((await read()).equals(content)).to.equal(true);
    expect((await read(MIB + 3)).equals(content.subarray(MIB + 3))).to.equal(true);
    expect(await read(content.length)).to.have.length(0);
  });

  const changes: Record<string, () => Promise<void>> = {
    grows: () => appendFile(file.sourcePath, "more"),
    shrinks: () => truncate(file.sourcePath, MIB + 1),
    "is rewritten in the same size": async () => {
      await writeFile(file.sourcePath, Buffer.alloc(content.length));
      await utimes(file.sourcePath, 1, 1);
    },
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`are CHANGED when one ${what} before or while it is read`, async () => {
      expect(await codeOf(read(0, change))).to.equal("CHANGED");
      expect(await codeOf(read())).to.equal("CHANGED");
      expect(await codeOf(hashSourceFile(file, pool))).to.equal("CHANGED");
    });
  }

  it("are CHANGED when one changes while it is hashed", async () => {
    const changing: HashPool = {
      ...pool,
      hashFile: async (path) => {
        const digest = await pool.hashFile(path);
        await changes["is rewritten in the same size"]?.();
        return digest;
      },
    };
    expect(await codeOf(hashSourceFile(file, changing))).to.equal("CHANGED");
  });

  it("are CHANGED when another one took the place, and VANISHED when none did", async () => {
    await put("other", content);
    await rename(join(folder, "other"), file.sourcePath);
    expect(await codeOf(hashSourceFile(file, pool))).to.equal("CHANGED");
    await rm(file.sourcePath);
    expect(await codeOf(hashSourceFile(file, pool))).to.equal("VANISHED");
    expect(await codeOf(read())).to.equal("VANISHED");
  });

  it("are hashed together in their order, or fail with the first that fails", async () => {
    for (let n = 0; n < 20; n++) await put(`many/${n}`, `content ${n}`);
    const files = await scan(folder);
    let readBytes = 0;
    const onRead = (bytes: number) => {
      readBytes += bytes;
    };
    const hashed = await hashSourceFiles(files, pool, { onRead });
    expect(hashed.map(({ path }) => path)).to.deep.equal(files.map(({ path }) => path));
    expect(hashed.at(-1)?.sha256).to.equal(sha256);
    expect(readBytes).to.equal(files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
    await rm(join(folder, "many/7"));
    expect(await codeOf(hashSourceFiles(files, pool))).to.equal("VANISHED");
    const aborted = hashSourceFiles(files, pool, { signal: AbortSignal.abort(new ScanError("CHANGED", "x", "y: z")) });
    expect(await codeOf(aborted)).to.equal("CHANGED");
  });
});

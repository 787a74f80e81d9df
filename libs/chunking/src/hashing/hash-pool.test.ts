import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { Cutter } from "../cutter.ts";
import { type Chunk, MAX_PENDING_BYTES } from "./cut-hasher.ts";
import { createHashPool, type HashPool } from "./hash-pool.ts";
import { HashingError } from "./hashing-error.ts";

const MIB = 1024 * 1024;

/** The bytes as a source, in pieces of the sizes given, again and again. */
async function* inPieces(bytes: Uint8Array, sizes: readonly number[] = [MIB]): AsyncGenerator<Uint8Array, void> {
  let from = 0;
  for (let n = 0; from < bytes.length; n++) {
    const piece = bytes.subarray(from, from + (sizes[n % sizes.length] ?? MIB));
    from += piece.length;
    yield piece;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** What the chunks of the bytes must be, from the cutter alone. */
function expectedChunks(bytes: Uint8Array): { offset: number; length: number; sha256: string }[] {
  const cutter = new Cutter();
  const chunks: { offset: number; length: number; sha256: string }[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const cut = cutter.next(bytes, offset);
    const end = cut === -1 ? bytes.length : cut;
    chunks.push({ offset, length: end - offset, sha256: sha256(bytes.subarray(offset, end)) });
    offset = end;
  }
  return chunks;
}

function summary({ offset, bytes, sha256: digest }: Chunk): { offset: number; length: number; sha256: string } {
  expect(sha256(bytes)).to.equal(digest);
  return { offset, length: bytes.length, sha256: digest };
}

describe("HashPool", () => {
  let pool: HashPool;
  before(() => {
    pool = createHashPool({ workers: 2 });
  });
  after(async () => {
    await pool.close();
  });

  describe("cut", () => {
    const bytes = randomBytes(9 * MIB + 4321);
    const expected = expectedChunks(bytes);

    it("gives the chunks in order and then the file, however the bytes arrive", async () => {
      const sizes = fc.array(fc.integer({ min: 0, max: 2 * MIB }), { minLength: 1, maxLength: 6 });
      await fc.assert(
        fc.asyncProperty(
          sizes.filter((each) => Math.max(...each) > 5000),
          fc.boolean(),
          fc.integer({ min: 0, max: bytes.length }),
          async (pieceSizes, release, length) => {
            const part = bytes.subarray(0, length);
            const cut = pool.cut(inPieces(part, pieceSizes));
            const chunks = [];
            for await (const chunk of cut.chunks()) {
              chunks.push(summary(chunk));
              if (release) chunk.release();
            }
            expect(chunks).to.deep.equal(expectedChunks(part));
            expect(cut.file()).to.deep.equal({ sha256: sha256(part), sizeBytes: length });
          },
        ),
        { numRuns: 15 },
      );
    });

    it("gives no chunk for an empty file", async () => {
      const cut = pool.cut(inPieces(new Uint8Array(0)));
      expect(await Array.fromAsync(cut.chunks())).to.deep.equal([]);
      expect(cut.file()).to.deep.equal({ sha256: sha256(new Uint8Array(0)), sizeBytes: 0 });
    });

    it("goes on from any chunk boundary when it reads the stored bytes again", async () => {
      for (const [n, { offset }] of expected.entries()) {
        const cut = pool.cut(inPieces(bytes.subarray(offset), [700_001]), {
          stored: inPieces(bytes.subarray(0, offset), [300_007]),
        });
        const chunks = (await Array.fromAsync(cut.chunks())).map(summary);
        expect(chunks).to.deep.equal(expected.slice(n));
        expect(cut.file()).to.deep.equal({ sha256: sha256(bytes), sizeBytes: bytes.length });
      }
    });

    it("cuts many files at once, each right", async () => {
      const files = Array.from({ length: 20 }, (_, n) => bytes.subarray(n * 1000, bytes.length - n * 300_000));
      await Promise.all(
        files.map(async (file) => {
          const cut = pool.cut(inPieces(file));
          const chunks = (await Array.fromAsync(cut.chunks())).map(summary);
          expect(chunks).to.deep.equal(expectedChunks(file));
          expect(cut.file().sha256).to.equal(sha256(file));
        }),
      );
    });

    it("stops reading the source when nobody takes chunks", async () => {
      let readBytes = 0;
      async function* endless(): AsyncGenerator<Uint8Array, void> {
        for (;;) {
          readBytes += MIB;
          yield bytes.subarray(0, MIB);
        }
      }
      const chunks = pool.cut(endless()).chunks();
      let takenBytes = (await chunks.next()).value?.bytes.length ?? 0;
      for (let before = -1; before !== readBytes; ) {
        before = readBytes;
        await Promise.all([pool.hashFile(process.execPath), pool.hashFile(process.execPath)]); // both workers answered
      }
      expect(readBytes - takenBytes).to.be.within(MIB, MAX_PENDING_BYTES + 2 * MIB);
      takenBytes += (await chunks.next()).value?.bytes.length ?? 0;
      await chunks.return();
      expect(takenBytes).to.be.above(0);
    });

    it("hashes in other threads: the main one runs on while a file is cut", async () => {
      let turns = 0;
      let running = true;
      const counting = (async () => {
        for (; running; turns++) await new Promise(setImmediate);
      })();
      const chunks = await Array.fromAsync(pool.cut(inPieces(bytes, [bytes.length])).chunks());
      running = false;
      await counting;
      expect(turns).to.be.above(chunks.length);
    });

    it("gives back all it holds when it is left early, and closes the source", async () => {
      let closed = 0;
      async function* source(): AsyncGenerator<Uint8Array, void> {
        try {
          yield* inPieces(bytes);
          await new Promise(setImmediate);
          yield bytes;
        } finally {
          closed += 1;
        }
      }
      for (let n = 0; n < 40; n++) {
        for await (const chunk of pool.cut(source()).chunks()) {
          chunk.release();
          if (chunk.offset > (n % 4) * MIB) break;
        }
      }
      const cut = pool.cut(inPieces(bytes));
      expect((await Array.fromAsync(cut.chunks())).map(summary)).to.deep.equal(expected);
      while (closed < 40) await new Promise(setImmediate);
    });

    it("passes on the error of the source", async () => {
      async function* failing(): AsyncGenerator<Uint8Array, void> {
        yield* inPieces(bytes);
        throw new RangeError("the line was cut");
      }
      const cut = pool.cut(failing());
      expect(await failureOf(Array.fromAsync(cut.chunks()))).to.be.instanceOf(RangeError);
      expect(() => cut.file()).to.throw(HashingError);
      const again = pool.cut(inPieces(bytes), { stored: failing() });
      expect(await failureOf(Array.fromAsync(again.chunks()))).to.be.instanceOf(RangeError);
    });

    it("refuses to iterate the chunks twice, and to tell the file before its end", async () => {
      const cut = pool.cut(inPieces(bytes));
      expect(() => cut.file()).to.throw(HashingError);
      await Array.fromAsync(cut.chunks());
      expect(await failureOf(Array.fromAsync(cut.chunks()))).to.be.instanceOf(HashingError);
    });

    it("leaves released memory empty, twice released or not", async () => {
      for await (const chunk of pool.cut(inPieces(bytes)).chunks()) {
        chunk.release();
        chunk.release();
        expect(chunk.bytes.length).to.equal(0);
      }
    });
  });

  describe("hashFile", () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "slipway-hash-"));
    });
    afterEach(async () => {
      await rm(folder, { recursive: true });
    });

    it("hashes files of any size", async () => {
      for (const size of [0, 1, MIB - 1, MIB, MIB + 1, 5 * MIB + 77]) {
        const bytes = randomBytes(size);
        await writeFile(join(folder, "file"), bytes);
        const read: number[] = [];
        const hashed = await pool.hashFile(join(folder, "file"), { onRead: (count) => read.push(count) });
        expect(hashed).to.deep.equal({ sha256: sha256(bytes), sizeBytes: size });
        expect(read.reduce((sum, count) => sum + count, 0)).to.equal(size);
        expect(read).to.have.length(Math.ceil(size / MIB));
      }
    });

    it("says which error the system gave", async () => {
      expect(await failureOf(pool.hashFile(join(folder, "missing")))).to.have.property("code", "ENOENT");
      expect(await failureOf(pool.hashFile(folder))).to.have.property("code", "EISDIR");
    });

    it("ends when its signal says so", async () => {
      const controller = new AbortController();
      const hashing = pool.hashFile("/dev/zero", { signal: controller.signal });
      controller.abort(new RangeError("enough"));
      expect(await failureOf(hashing)).to.be.instanceOf(RangeError);
      expect(await failureOf(pool.hashFile("/dev/zero", { signal: controller.signal }))).to.be.instanceOf(RangeError);
    });
  });

  describe("hashBytes", () => {
    it("hashes bytes of any size and gives them back, however they lie in their buffer", async () => {
      const whole = randomBytes(3 * MIB);
      const samples = [
        Buffer.alloc(0),
        Buffer.from("x"),
        whole.subarray(17, MIB),
        Buffer.from(Uint8Array.from(whole).buffer),
      ];
      const expected = samples.map((bytes) => Buffer.from(bytes));
      const hashed = await Promise.all(samples.map((bytes) => pool.hashBytes(bytes)));
      expect(hashed.map(({ sha256 }) => sha256)).to.deep.equal(expected.map(sha256));
      for (const [n, { bytes }] of hashed.entries()) expect(Buffer.compare(bytes, expected[n] as Buffer)).to.equal(0);
    });

    it("takes no memory from others that lie in the same buffer", async () => {
      const whole = randomBytes(2 * MIB);
      const copy = Buffer.from(whole);
      await pool.hashBytes(whole.subarray(0, MIB));
      expect(whole.equals(copy)).to.equal(true);
    });
  });

  describe("threads", () => {
    it("fails what is under way when it is closed, and refuses what comes later", async () => {
      const closing = createHashPool({ workers: 1 });
      const chunks = closing.cut(inPieces(randomBytes(16 * MIB))).chunks();
      await chunks.next();
      const hashing = failureOf(closing.hashBytes(randomBytes(64 * MIB)));
      await closing.close();
      expect(await hashing).to.be.instanceOf(HashingError);
      expect(await failureOf(Array.fromAsync(chunks))).to.be.instanceOf(HashingError);
      expect(await failureOf(closing.hashFile("/dev/null"))).to.be.instanceOf(HashingError);
    });

    it("lets the process end when nothing is under way", () => {
      const program = `
        const { createHashPool } = await import(${JSON.stringify(import.meta.resolve("./hash-pool.ts"))});
        console.log((await createHashPool().hashFile("/dev/null")).sizeBytes);`;
      const ran = spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
      expect([ran.status, ran.stdout]).to.deep.equal([0, "0\n"]);
    });
  });
});

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error("expected the work to fail");
}

import { expect } from "chai";
import { inspect } from "../inspect.ts";
import { INSPECTION_LIMITS } from "../limits.ts";
import { summarize } from "../summarize.ts";
import { endlessFile } from "../testing/endless-file.ts";
import { memoryFile } from "../testing/memory-file.ts";
import { smallModel } from "../testing/onnx-bytes.ts";
import { attack, op, text } from "../testing/pickle-bytes.ts";
import { readIsolated } from "./read-isolated.ts";
import { ShortReadError } from "./run-thread.ts";
import { ThreadPool } from "./thread-pool.ts";

const proto = op("PROTO", 4);
const loop = Buffer.concat([op("NONE"), op("POP")]);
const hoard = Buffer.concat([text("x".repeat(200)), op("MEMOIZE"), op("POP")]);
const unbounded = {
  pickleOpcodes: Number.MAX_SAFE_INTEGER,
  pickleObjects: Number.MAX_SAFE_INTEGER,
  readBytes: Number.MAX_SAFE_INTEGER,
};
const rulesOf = ({ findings }: { findings: readonly { ruleId: string; path: string }[] }): [string, string][] =>
  findings.map(({ ruleId, path }) => [ruleId, path]);

describe("isolation", () => {
  it("ends a pickle that never ends, and does not look at the rest", async () => {
    const files = [memoryFile("a", attack), endlessFile("b.pkl", proto, loop), memoryFile("c", attack)];
    const report = await inspect(files, { ...unbounded, timeoutMs: 300 });
    expect(rulesOf(report)).to.deep.equal([
      ["pickle.import.denied", "a"],
      ["reader.timeout", "b.pkl"],
      ["reader.timeout", ""],
    ]);
  });

  it("survives a file that takes all memory, and looks at the rest", async () => {
    const files = [endlessFile("bomb.pkl", proto, hoard), memoryFile("c", attack)];
    const report = await inspect(files, { ...unbounded, memoryMib: 48 });
    expect(rulesOf(report)).to.deep.equal([
      ["reader.memory", "bomb.pkl"],
      ["pickle.import.denied", "c"],
    ]);
    expect(report.verdict).to.equal("DANGEROUS");
  });

  it("ends the same files in good order by its other bounds", async () => {
    const loops = await inspect([endlessFile("a.pkl", proto, loop)], { pickleOpcodes: 100_000 });
    expect(rulesOf(loops)).to.deep.equal([["pickle.limit", "a.pkl"]]);
    const hoards = await inspect([endlessFile("a.pkl", proto, hoard)], { pickleObjects: 100_000 });
    expect(rulesOf(hoards)).to.deep.equal([["pickle.limit", "a.pkl"]]);
    const reads = await inspect([endlessFile("a.pkl", proto, loop)], { readBytes: 1_000_000 });
    expect(rulesOf(reads)).to.deep.equal([["reader.read-limit", "a.pkl"]]);
  });

  it("makes a finding of a thread that dies, and looks at the rest", async () => {
    const pool = new ThreadPool(new URL("../testing/dying-thread.ts", import.meta.url));
    const files = ["a", "exit", "b", "throw", "c"].map((path) => memoryFile(path, Buffer.alloc(1)));
    const { list, facts } = await readIsolated(files, { limits: INSPECTION_LIMITS, headersOnly: false }, pool);
    expect(rulesOf(list)).to.deep.equal([
      ["reader.crash", "exit"],
      ["reader.crash", "throw"],
    ]);
    expect(facts.map(({ path }) => path)).to.deep.equal(["a", "b", "c"]);
  });

  it("gives an artifact up that kills one thread after the other", async () => {
    const pool = new ThreadPool(new URL("../testing/dying-thread.ts", import.meta.url));
    const files = Array.from({ length: 20 }, (_, index) => memoryFile(`exit${index}`, Buffer.alloc(1)));
    const { list } = await readIsolated(files, { limits: INSPECTION_LIMITS, headersOnly: false }, pool);
    const { findings } = list;
    expect(findings).to.have.length(9);
    expect(findings.at(-1)).to.deep.include({ ruleId: "reader.crash", path: "" });
    expect(findings.at(-1)?.message).to.include("12 further files");
  });

  it("reads with so many threads at most, and lets the others wait their turn or go", async () => {
    const pool = new ThreadPool(new URL("../testing/dying-thread.ts", import.meta.url), 1);
    const first = await pool.take(64);
    const order: string[] = [];
    const second = pool.take(64).then((thread) => {
      order.push("second");
      return thread;
    });
    const impatient = new AbortController();
    const gone = pool.take(64, impatient.signal).catch((error: unknown) => error);
    const third = pool.take(64).then((thread) => {
      order.push("third");
      return thread;
    });
    impatient.abort("no more time");
    expect(await gone).to.equal("no more time");
    expect(order).to.deep.equal([]);
    pool.giveBack(first);
    expect(await second).to.equal(first);
    expect(order).to.deep.equal(["second"]);
    await pool.discard(first);
    const other = await third;
    expect(other).not.to.equal(first);
    await pool.discard(other);
  });

  it("bounds the findings of many files", async () => {
    const notes = Array.from({ length: 20 }, (_, index) => memoryFile(`${index}.py`, Buffer.from("x")));
    const attacks = Array.from({ length: 20 }, (_, index) => memoryFile(`${index}.pkl`, attack));
    const { verdict, findings } = await inspect([...notes, ...attacks], { findings: 3 });
    const rules = findings.map(({ ruleId }) => ruleId);
    const expected = [
      ...Array(3).fill("file.source"),
      ...Array(3).fill("pickle.import.denied"),
      "reader.findings-limit",
    ];
    expect([verdict, rules]).to.deep.equal(["DANGEROUS", expected]);
  });

  it("hands on what a FileReader throws: a store that is away is no finding", async () => {
    const away = new Error("the store is away");
    const file = { path: "a", sizeBytes: 10, read: () => Promise.reject(away) };
    const outcome = await inspect([file]).catch((error: unknown) => error);
    expect(outcome).to.equal(away);
    const short = { path: "a", sizeBytes: 10, read: async () => new Uint8Array(3) };
    expect(await summarize([short]).catch((error: unknown) => error)).to.be.instanceOf(ShortReadError);
  });

  it("does not count the time in which a store is slow", async () => {
    const slow = memoryFile("m.onnx", smallModel);
    const file = {
      ...slow,
      read: async (offset: number, length: number) => {
        await new Promise((resolve) => setTimeout(resolve, 400));
        return slow.read(offset, length);
      },
    };
    await inspect([slow]);
    const report = await inspect([file], { timeoutMs: 300 });
    expect(rulesOf(report)).to.deep.equal([]);
  });

  it("stops when it is told to", async () => {
    const stop = new AbortController();
    const reason = new Error("cancelled");
    const file = endlessFile("a.pkl", proto, loop);
    const stopping = {
      ...file,
      read(offset: number, length: number) {
        stop.abort(reason);
        return file.read(offset, length);
      },
    };
    expect(await inspect([stopping], unbounded, stop.signal).catch((error: unknown) => error)).to.equal(reason);
    expect(await inspect([file], unbounded, stop.signal).catch((error: unknown) => error)).to.equal(reason);
  });

  it("keeps the caller's bytes whole, and artifacts apart", async () => {
    const bytes = Buffer.from(attack);
    for (const [path, verdict] of [
      ["a.pkl", "DANGEROUS"],
      ["b.pkl", "DANGEROUS"],
    ] as const) {
      expect((await inspect([memoryFile(path, bytes)])).verdict).to.equal(verdict);
    }
    expect(bytes).to.deep.equal(attack);
    expect((await inspect([memoryFile("c.onnx", smallModel)])).findings).to.deep.equal([]);
  });

  it("looks at several artifacts at once", async () => {
    const reports = await Promise.all(
      Array.from({ length: 6 }, (_, index) => inspect([memoryFile(`m${index}.pkl`, attack)])),
    );
    expect(reports.map(({ findings }) => findings[0]?.path)).to.deep.equal(reports.map((_, index) => `m${index}.pkl`));
  });
});

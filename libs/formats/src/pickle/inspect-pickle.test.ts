import { expect } from "chai";
import { inspectBytes } from "../testing/inspect-bytes.ts";
import { attack, callOf, global, int, op, pickle, text } from "../testing/pickle-bytes.ts";

const memoized = (value: string): Buffer => Buffer.concat([text(value), op("MEMOIZE")]);
const rulesOf = async (bytes: Uint8Array, name = "m.pkl"): Promise<readonly string[]> =>
  (await inspectBytes(name, bytes)).rules;

describe("pickle", () => {
  it("finds a dangerous import in every way of writing it", async () => {
    const called = [text("true"), op("TUPLE1"), op("REDUCE")];
    const stackGlobal = op("STACK_GLOBAL");
    const ways: Record<string, Buffer> = {
      GLOBAL: attack,
      "GLOBAL without PROTO": Buffer.concat([callOf("os", "system", "x"), op("STOP")]),
      STACK_GLOBAL: pickle(4, text("os"), text("system"), stackGlobal, ...called),
      "STACK_GLOBAL with memo": pickle(
        4,
        memoized("system"),
        memoized("os"),
        op("POP"),
        op("POP"),
        op("BINGET", 1),
        op("BINGET", 0),
        stackGlobal,
        ...called,
      ),
      "STACK_GLOBAL with PUT and far places": pickle(
        4,
        text("os"),
        op("LONG_BINPUT", 0xff, 0xff, 0xff, 0x7f),
        op("POP"),
        op("LONG_BINGET", 0xff, 0xff, 0xff, 0x7f),
        text("system"),
        stackGlobal,
        ...called,
      ),
      "STACK_GLOBAL with escapes": pickle(
        4,
        op("STRING", "'o\\x73'\n"),
        op("UNICODE", "\\u0073ystem\n"),
        stackGlobal,
        ...called,
      ),
      "STACK_GLOBAL with DUP": pickle(4, text("os"), op("DUP"), op("POP"), text("system"), stackGlobal, ...called),
      "MEMOIZE behind places that were taken twice": pickle(
        4,
        text("x"),
        op("BINPUT", 1),
        op("BINPUT", 0),
        op("BINPUT", 1),
        memoized("os"),
        op("BINGET", 2),
        text("system"),
        stackGlobal,
      ),
      INST: Buffer.concat([op("MARK"), text("x"), op("INST", "os\nsystem\n"), op("STOP")]),
      OBJ: pickle(1, op("MARK"), global("os", "system"), text("x"), op("OBJ")),
      NEWOBJ: pickle(2, global("subprocess", "Popen"), text("x"), op("TUPLE1"), op("NEWOBJ")),
      "Python 2": pickle(2, callOf("__builtin__", "eval", "1")),
      "inside other data": pickle(
        4,
        op("EMPTY_DICT"),
        text("k"),
        op("EMPTY_LIST"),
        callOf("os", "system", "x"),
        op("APPEND"),
        op("SETITEM"),
      ),
      "a dotted name": pickle(4, text("numpy"), text("f2py.os.system"), stackGlobal),
      "a harmless module that has it": pickle(4, text("sklearn.utils"), text("os.system"), stackGlobal),
      "after a broken instruction": pickle(2, op("TUPLE3"), callOf("os", "system", "x")),
      "behind a large text": pickle(
        3,
        op("BINUNICODE", 0, 0, 2, 0, Buffer.alloc(0x20000, "a")),
        callOf("os", "system", "x"),
      ),
      "a second pickle": Buffer.concat([pickle(2, op("NONE")), attack]),
    };
    for (const [way, bytes] of Object.entries(ways)) {
      const { verdict, rules } = await inspectBytes("model.pkl", bytes);
      expect(verdict, way).to.equal("DANGEROUS");
      expect(rules, way).to.include("pickle.import.denied");
    }
  });

  it("finds it under any name", async () => {
    for (const name of ["notes.txt", "model.bin", "data", "README.md", "config.json"]) {
      expect(await rulesOf(attack, name), name).to.include("pickle.import.denied");
      expect(await rulesOf(Buffer.concat([callOf("os", "system", "x"), op("STOP")]), name), name).to.include(
        "pickle.import.denied",
      );
    }
  });

  it("finds an import that is not called, and a second pickle, in files that do not look like pickles", async () => {
    const imported = Buffer.concat([global("os", "system"), op("STOP"), Buffer.from("and more")]);
    expect(await rulesOf(imported, "weights")).to.include("pickle.import.denied");
    const second = Buffer.concat([
      op("NONE"),
      op("STOP"),
      callOf("os", "system", "x"),
      op("STOP"),
      Buffer.from("more"),
    ]);
    expect(await rulesOf(second, "weights")).to.include("pickle.import.denied");
  });

  it("finds a hidden import that is called, in a file that does not look like a pickle", async () => {
    const call = Buffer.concat([text("os"), op("NONE"), op("STACK_GLOBAL"), text("x"), op("TUPLE1"), op("REDUCE")]);
    const bytes = Buffer.concat([call, op("STOP"), Buffer.from("and more")]);
    expect(await rulesOf(bytes, "weights")).to.include("pickle.import.unresolved");
  });

  it("says where", async () => {
    const { findings } = await inspectBytes("m.pkl", pickle(2, op("NONE"), op("POP"), callOf("posix", "system", "x")));
    expect(findings[0]).to.deep.include({ path: "m.pkl", offsetBytes: 4, severity: "DANGEROUS" });
    expect(findings[0]?.message).to.match(/posix\.system.*safetensors or ONNX/);
  });

  it("sees what CPython reads when an instruction crosses the end of a frame", async () => {
    const frame = (lengthBytes: number): Buffer => op("FRAME", lengthBytes, Buffer.alloc(7));
    const hidden = Buffer.concat([frame(1 + 8), op("GLOBAL", "sklearn.", "ctypes\nCDLL\n")]);
    const text4 = Buffer.concat([frame(3), text("os")]);
    const nested = Buffer.concat([frame(30), frame(1), op("NONE")]);
    for (const bytes of [hidden, text4, nested]) {
      const { verdict, rules } = await inspectBytes("m.pkl", pickle(4, bytes));
      expect([verdict, rules[0]]).to.deep.equal(["DANGEROUS", "pickle.frame"]);
    }
    const whole = Buffer.concat([op("NONE"), op("POP"), op("NONE")]);
    expect(await rulesOf(pickle(4, frame(whole.length), whole))).to.deep.equal([]);
  });

  it("reports places of the memo that take gigabytes", async () => {
    const far = [op("LONG_BINPUT", 0xff, 0xff, 0xff, 0x7f), op("PUT", "99999999\n")];
    for (const put of far) {
      const { verdict, rules } = await inspectBytes("m.pkl", pickle(2, op("NONE"), put));
      expect([verdict, rules]).to.deep.equal(["DANGEROUS", ["pickle.memo"]]);
    }
  });

  const suspicious: [string, Buffer, string][] = [
    ["an import on neither list", pickle(2, callOf("my.models", "Net", "x")), "pickle.import.unknown"],
    ["a hidden name", pickle(4, text("os"), op("NONE"), op("STACK_GLOBAL")), "pickle.import.unresolved"],
    [
      "a name that is made by a call",
      pickle(4, text("os"), callOf("builtins", "str", "x"), op("STACK_GLOBAL")),
      "pickle.import.unresolved",
    ],
    ["the extension registry", pickle(2, op("EXT1", 7)), "pickle.extension"],
    ["a persistent id", pickle(2, text("x"), op("BINPERSID")), "pickle.persistent-id"],
    ["a persistent id of protocol 0", pickle(0, op("PERSID", "x\n")), "pickle.persistent-id"],
    [
      "a call of something made",
      pickle(2, callOf("functools", "partial", "x"), op("EMPTY_TUPLE"), op("REDUCE")),
      "pickle.call",
    ],
    [
      "a change of a class",
      pickle(2, global("numpy", "ndarray"), op("EMPTY_DICT"), op("BUILD")),
      "pickle.change-import",
    ],
    [
      "an item put into an import",
      pickle(2, global("numpy", "dtype"), text("a"), op("NONE"), op("SETITEM")),
      "pickle.change-import",
    ],
    ["a cut", attack.subarray(0, 5), "pickle.malformed"],
    ["no STOP", Buffer.concat([op("PROTO", 2), op("NONE")]), "pickle.malformed"],
    ["an unknown instruction", pickle(2, Buffer.from([0xfe])), "pickle.malformed"],
    ["an unknown protocol", pickle(9, op("NONE")), "pickle.malformed"],
    ["an empty stack", pickle(2), "pickle.malformed"],
    ["a missing memo", pickle(2, op("BINGET", 3)), "pickle.malformed"],
    ["a negative length", pickle(2, op("BINSTRING", 0xff, 0xff, 0xff, 0xff)), "pickle.malformed"],
    ["a length beyond the file", pickle(4, op("BINBYTES8", 0, 0, 0, 0, 0, 1, 0, 0)), "pickle.malformed"],
    ["something behind STOP", Buffer.concat([pickle(2, op("NONE")), Buffer.from("rest")]), "pickle.trailing"],
    ["out-of-band data", pickle(5, op("NEXT_BUFFER")), "pickle.out-of-band"],
    ["text under a pickle's name", Buffer.from("no pickle"), "pickle.malformed"],
  ];
  for (const [what, bytes, rule] of suspicious) {
    it(`does not pass ${what}`, async () => {
      const { verdict, rules } = await inspectBytes("m.pkl", bytes);
      expect(rules).to.include(rule);
      expect(verdict).to.not.equal("SAFE");
    });
  }

  it("passes plain data of every kind", async () => {
    const data = pickle(
      4,
      op("FRAME", Buffer.alloc(8)),
      op("EMPTY_LIST"),
      op("MARK"),
      int(5),
      op("BININT1", 1),
      op("BININT2", 1, 2),
      op("LONG1", 2, 0xff, 0x7f),
      op("BINFLOAT", Buffer.alloc(8)),
      op("NEWTRUE"),
      op("NONE"),
      text("x"),
      op("SHORT_BINBYTES", 2, "ab"),
      op("EMPTY_SET"),
      op("MARK"),
      op("NEWFALSE"),
      op("ADDITEMS"),
      op("MARK"),
      op("NONE"),
      op("FROZENSET"),
      op("INT", "01\n"),
      op("LONG", "123456789012345678901234567890L\n"),
      op("FLOAT", "1.5\n"),
      op("MARK"),
      text("k"),
      op("NONE"),
      op("DICT"),
      op("MARK"),
      op("LIST"),
      op("APPENDS"),
    );
    expect(await rulesOf(data)).to.deep.equal([]);
  });

  it("stops at its bounds", async () => {
    const many = pickle(2, ...Array.from({ length: 1000 }, () => Buffer.concat([op("NONE"), op("POP")])), op("NONE"));
    expect((await inspectBytes("m.pkl", many, { limits: { pickleOpcodes: 100 } })).rules).to.deep.equal([
      "pickle.limit",
    ]);
    const deep = pickle(2, ...Array.from({ length: 1000 }, () => op("NONE")));
    expect((await inspectBytes("m.pkl", deep, { limits: { pickleObjects: 100 } })).rules).to.deep.equal([
      "pickle.limit",
    ]);
    const doubling = pickle(
      2,
      op("NONE"),
      ...Array.from({ length: 100 }, () => Buffer.concat([op("DUP"), op("TUPLE2")])),
    );
    expect(await rulesOf(doubling)).to.deep.equal([]);
  });

  it("tells scikit-learn and its version", async () => {
    const estimator = pickle(
      4,
      global("sklearn.linear_model._logistic", "LogisticRegression"),
      op("EMPTY_TUPLE"),
      op("NEWOBJ"),
      op("EMPTY_DICT"),
      op("MARK"),
      text("_sklearn_version"),
      text("1.9.1"),
      op("SETITEMS"),
      op("BUILD"),
    );
    const { verdict, facts } = await inspectBytes("m.pkl", estimator);
    expect(verdict).to.equal("SAFE");
    expect(facts.framework).to.equal("scikit-learn 1.9.1");
  });
});

import { expect } from "chai";
import { inspectBytes } from "../testing/inspect-bytes.ts";
import { arrayWrapper, attack, callOf, dtype, global, int, op, pickle, text } from "../testing/pickle-bytes.ts";

const rulesOf = async (bytes: Uint8Array, name = "m.pkl"): Promise<readonly string[]> =>
  (await inspectBytes(name, bytes)).rules;

describe("joblib", () => {
  const data = Buffer.alloc(48, 0x2e);
  const padding = Buffer.from([3, 0xff, 0xff, 0xff]);
  const floats = arrayWrapper([2, 3], dtype("f8"), 16);

  it("does not read data of an array from inside a frame", async () => {
    const bytes = Buffer.concat([
      op("PROTO", 4),
      op("FRAME", 0, 2, Buffer.alloc(6)),
      floats,
      padding,
      data,
      op("STOP"),
    ]);
    expect(await rulesOf(bytes)).to.include("pickle.frame");
  });

  it("passes over the data of arrays, with and without padding", async () => {
    const aligned = Buffer.concat([op("PROTO", 4), op("EMPTY_LIST"), floats, padding, data, op("APPEND"), op("STOP")]);
    const { verdict, facts } = await inspectBytes("m.joblib", aligned);
    expect([verdict, facts.format]).to.deep.equal(["SAFE", "joblib"]);
    const old = Buffer.concat([op("PROTO", 3), arrayWrapper([2, 3], dtype("f8"), undefined), data, op("STOP")]);
    expect(await rulesOf(old, "m")).to.deep.equal([]);
  });

  it("goes on behind the data", async () => {
    const bytes = Buffer.concat([
      op("PROTO", 4),
      op("EMPTY_LIST"),
      floats,
      padding,
      data,
      op("APPEND"),
      callOf("os", "system", "x"),
      op("STOP"),
    ]);
    expect(await rulesOf(bytes)).to.include("pickle.import.denied");
  });

  it("looks into arrays of objects", async () => {
    const objects = arrayWrapper([1], dtype("O8", 63), 16);
    const bytes = Buffer.concat([op("PROTO", 4), objects, attack, op("STOP")]);
    const { findings } = await inspectBytes("m.joblib", bytes);
    expect(findings).to.have.length(1);
    expect(findings[0]).to.deep.include({ ruleId: "pickle.import.denied", offsetBytes: 1 + 1 + objects.length + 2 });
  });

  it("does not guess where an array ends", async () => {
    const unknown: [string, Buffer][] = [
      ["a type that only a call knows", callOf("builtins", "str", "f8")],
      ["objects that are flagged as none", dtype("O8", 0)],
      ["plain numbers that are flagged as objects", dtype("f8", 1)],
    ];
    for (const [what, type] of unknown) {
      const bytes = Buffer.concat([op("PROTO", 4), arrayWrapper([6], type, 16), padding, data, op("STOP")]);
      expect(await rulesOf(bytes), what).to.include("joblib.array");
    }
    const negative = Buffer.concat([op("PROTO", 4), arrayWrapper([-6], dtype("f8"), 16), padding, data, op("STOP")]);
    expect(await rulesOf(negative)).to.include("joblib.array");
  });

  it("does not pass instructions as padding or as unpadded data", async () => {
    const command = Buffer.concat([callOf("os", "system", "x"), op("STOP")]);
    const asPadding = Buffer.concat([op("PROTO", 4), floats, Buffer.from([command.length]), command, data, op("STOP")]);
    expect(await rulesOf(asPadding)).to.include("joblib.array");
    const long = Buffer.concat([op("PROTO", 4), floats, Buffer.from([40]), Buffer.alloc(40, 0xff), data, op("STOP")]);
    expect(await rulesOf(long)).to.include("joblib.array");
    const bytes = Buffer.concat([command, Buffer.alloc(48 - command.length)]);
    const asData = Buffer.concat([op("PROTO", 4), arrayWrapper([2, 3], dtype("f8"), undefined), bytes, op("STOP")]);
    expect(await rulesOf(asData)).to.include("pickle.import.denied");
  });

  it("reports an array that ends early", async () => {
    expect(await rulesOf(Buffer.concat([op("PROTO", 4), floats, padding]))).to.deep.equal(["pickle.malformed"]);
  });
});

describe("PyTorch's legacy files", () => {
  const magic = op("LONG1", 10, Buffer.from("6cfc9c46f9206aa85019", "hex"));
  const head = Buffer.concat([pickle(2, magic), pickle(2, int(1001)), pickle(2, op("EMPTY_DICT"))]);
  const storage = Buffer.concat([
    op("MARK"),
    text("storage"),
    global("torch", "FloatStorage"),
    text("0"),
    text("cpu"),
    int(6),
    op("NONE"),
    op("TUPLE"),
    op("BINPERSID"),
  ]);
  const keys = pickle(2, op("EMPTY_LIST"));

  it("are five pickles and raw storages", async () => {
    const bytes = Buffer.concat([head, pickle(2, storage), keys, Buffer.alloc(32, 0xfe)]);
    const { verdict, facts } = await inspectBytes("model.pth", bytes);
    expect(verdict).to.equal("SAFE");
    expect(facts).to.deep.include({ format: "pytorch", parameterCount: 6 });
  });

  it("are looked into up to the last pickle", async () => {
    const bytes = Buffer.concat([head, pickle(2, storage), attack, Buffer.alloc(32)]);
    expect(await rulesOf(bytes, "model.pth")).to.include("pickle.import.denied");
  });
});

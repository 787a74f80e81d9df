import { expect } from "chai";
import { inspectBytes } from "../testing/inspect-bytes.ts";
import { attack, callOf, global, int, op, pickle, text } from "../testing/pickle-bytes.ts";
import { type ZipMember, type ZipOptions, zip } from "../testing/zip-bytes.ts";

const hello: ZipMember = { name: "hello.txt", data: Buffer.from("hello") };
const rulesOf = async (
  members: readonly ZipMember[],
  options?: ZipOptions,
  name = "a.zip",
): Promise<readonly string[]> => (await inspectBytes(name, zip(members, options))).rules;

describe("zip", () => {
  it("passes an ordinary one, stored and deflated, and an empty one", async () => {
    expect(await rulesOf([hello, { ...hello, name: "b/", data: Buffer.alloc(0) }])).to.deep.equal([]);
    expect(await rulesOf([{ name: "z", data: Buffer.alloc(100_000), deflated: true }])).to.deep.equal([]);
    expect(await rulesOf([])).to.deep.equal([]);
  });

  it("finds a pickle in a member of any name, stored or deflated", async () => {
    const protocol0 = Buffer.concat([callOf("os", "system", "x"), op("STOP")]);
    for (const data of [attack, protocol0]) {
      for (const deflated of [false, true]) {
        const { findings } = await inspectBytes("a.zip", zip([hello, { name: "docs/readme", data, deflated }]));
        expect(findings.map(({ ruleId, path }) => [ruleId, path])).to.deep.equal([
          ["pickle.import.denied", "a.zip!docs/readme"],
        ]);
      }
    }
  });

  it("finds it in containers inside containers, up to a depth", async () => {
    const inner = zip([{ name: "x", data: attack }]);
    for (const deflated of [false, true]) {
      const { findings } = await inspectBytes("a.zip", zip([{ name: "in", data: inner, deflated }]));
      expect(findings[0]).to.deep.include({ ruleId: "pickle.import.denied", path: "a.zip!in!x" });
    }
    let deep = inner;
    for (let level = 0; level < 10; level++) deep = zip([{ name: "in", data: deep }]);
    expect((await inspectBytes("a.zip", deep)).rules).to.deep.equal(["reader.depth"]);
  });

  const lies: [string, readonly ZipMember[], readonly string[]][] = [
    ["a local name that differs", [{ ...hello, localName: "h3llo.txt" }], ["zip.headers"]],
    ["a duplicate name", [hello, hello], ["archive.duplicate"]],
    ["names that clash after case folding", [hello, { ...hello, name: "HELLO.TXT" }], ["archive.duplicate"]],
    ["an encrypted member", [{ ...hello, flags: 1 }], ["zip.encrypted"]],
    ["another compression", [{ ...hello, method: 12 }], ["compression.opaque"]],
    ["a link", [{ ...hello, isLink: true }], ["archive.link"]],
    ["a wrong size", [{ name: "z", data: Buffer.alloc(99), deflated: true, declaredBytes: 10 }], ["zip.headers"]],
    ["a wrong checksum", [{ name: "z", data: Buffer.alloc(99), deflated: true, checksum: 1 }], ["zip.checksum"]],
    ["bytes that no member owns", [hello, { ...hello, name: "b", bytesBefore: Buffer.alloc(30) }], ["zip.hidden"]],
    ["a traversal", [{ ...hello, name: "../../x" }], ["archive.name"]],
    ["a traversal inside", [{ ...hello, name: "a/../../x" }], ["archive.name"]],
    ["an absolute name", [{ ...hello, name: "/etc/x" }], ["archive.name"]],
    ["a drive", [{ ...hello, name: "C:/x" }], ["archive.name"]],
    ["a backslash", [{ ...hello, name: "a\\x" }], ["archive.name"]],
    ["a NUL", [{ ...hello, name: "a\0x" }], ["archive.name"]],
  ];
  for (const [what, members, rules] of lies) {
    it(`reports ${what}`, async () => {
      expect(await rulesOf(members)).to.deep.equal(rules);
    });
  }

  it("reports members that share bytes", async () => {
    const shared = await rulesOf([hello, { ...hello, sharesWith: 0, localName: "hello.txt" }]);
    expect(shared).to.include("zip.overlap");
  });

  it("reports what stands before it, and sees it behind other data", async () => {
    const prefix = Buffer.from("#!/bin/sh\nexit\n");
    for (const prefixCounted of [false, true]) {
      const options = { prefix, prefixCounted };
      const found = await rulesOf([{ name: "x", data: attack }], options, "notes.txt");
      expect(found).to.include("pickle.import.denied");
      expect(found).to.include("format.polyglot");
    }
  });

  it("sees a zip that is appended to a zip", async () => {
    const both = Buffer.concat([zip([{ name: "seen", data: attack }]), zip([hello])]);
    expect((await inspectBytes("a.zip", both)).rules).to.include("format.polyglot");
  });

  it("reports a damaged one", async () => {
    const whole = zip([hello]);
    expect((await inspectBytes("a.zip", whole.subarray(0, -3))).rules).to.deep.equal(["zip.corrupt"]);
    expect(await rulesOf([hello], { entryCount: 5 })).to.deep.equal(["zip.corrupt"]);
    expect(await rulesOf([hello, { ...hello, name: "b" }], { entryCount: 1 })).to.include("zip.headers");
  });

  it("stops a bomb by its ratio, and by the bytes that it gives", async () => {
    const bomb = zip([{ name: "zeros", data: Buffer.alloc(20_000_000), deflated: true }]);
    const byRatio = { inflationFloorBytes: 1_000_000, inflationRatio: 100 };
    const stopped = await inspectBytes("a.zip", bomb, { limits: byRatio });
    expect([stopped.verdict, stopped.rules]).to.deep.equal(["DANGEROUS", ["compression.bomb"]]);
    expect(stopped.findings[0]?.path).to.equal("a.zip");
    const byBytes = await inspectBytes("a.zip", bomb, { limits: { inflatedBytes: 1_000_000 } });
    expect(byBytes.rules).to.deep.equal(["reader.inflation-limit"]);
  });

  it("bounds the members", async () => {
    const members = Array.from({ length: 20 }, (_, index) => ({ ...hello, name: `f${index}` }));
    const { rules } = await inspectBytes("a.zip", zip(members), { limits: { archiveEntries: 10 } });
    expect(rules).to.deep.equal(["archive.entries"]);
  });
});

describe("zips of models", () => {
  const storage = Buffer.concat([
    op("MARK"),
    text("storage"),
    global("torch", "FloatStorage"),
    text("0"),
    text("cpu"),
    int(6),
    op("TUPLE"),
    op("BINPERSID"),
  ]);

  it("are PyTorch's when they have data.pkl, whose persistent ids are storages", async () => {
    const members = [
      { name: "archive/data.pkl", data: pickle(2, storage) },
      { name: "archive/data/0", data: Buffer.alloc(24, 0x3f) },
      { name: "archive/version", data: Buffer.from("3\n") },
    ];
    const { verdict, facts } = await inspectBytes("model.pt", zip(members));
    expect(verdict).to.equal("SAFE");
    expect(facts).to.deep.include({ format: "pytorch", framework: "pytorch", parameterCount: 6 });
    const evil = [{ name: "archive/data.pkl", data: attack }, ...members.slice(1)];
    expect((await inspectBytes("model.pt", zip(evil))).verdict).to.equal("DANGEROUS");
  });

  it("are TorchScript's when they have code", async () => {
    const members = [
      { name: "net/data.pkl", data: pickle(2, global("__torch__.net", "Net"), op("EMPTY_TUPLE"), op("NEWOBJ")) },
      { name: "net/constants.pkl", data: pickle(2, op("EMPTY_TUPLE")) },
      { name: "net/code/__torch__/net.py", data: Buffer.from("class Net(Module): pass") },
    ];
    const { verdict, facts } = await inspectBytes("net.pt", zip(members));
    expect([verdict, facts.format]).to.deep.equal(["SAFE", "torchscript"]);
  });

  it("are Keras's when they have a config, in which Lambda layers are code", async () => {
    const keras = (config: string): Buffer =>
      zip([
        { name: "metadata.json", data: Buffer.from('{"keras_version": "3.5.0"}') },
        { name: "config.json", data: Buffer.from(config), deflated: true },
      ]);
    const plain = await inspectBytes("m.keras", keras('{"class_name": "Dense"}'));
    expect([plain.verdict, plain.facts.format, plain.facts.framework]).to.deep.equal(["SAFE", "keras", "keras 3.5.0"]);
    for (const config of ['{"class_name": "Lambda"}', '{"class_name":"L\\u0061mbda"}']) {
      const { verdict, rules } = await inspectBytes("m.keras", keras(config));
      expect([verdict, rules]).to.deep.equal(["DANGEROUS", ["keras.lambda"]]);
    }
  });
});

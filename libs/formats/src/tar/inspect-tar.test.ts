import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { inspectBytes } from "../testing/inspect-bytes.ts";
import { attack } from "../testing/pickle-bytes.ts";
import { type TarMember, tar } from "../testing/tar-bytes.ts";
import { zip } from "../testing/zip-bytes.ts";

const hello: TarMember = { name: "a/hello", data: Buffer.from("hello") };

describe("tar", () => {
  const cases: [string, readonly TarMember[], readonly string[]][] = [
    ["passes an ordinary one", [{ name: "a/", type: "5" }, hello], []],
    ["finds a pickle", [hello, { name: "b", data: attack }], ["pickle.import.denied"]],
    ["finds a pickle in a zip", [{ name: "b", data: zip([{ name: "x", data: attack }]) }], ["pickle.import.denied"]],
    ["reports a traversal", [{ ...hello, name: "../x" }], ["archive.name"]],
    ["reports an absolute name", [{ ...hello, name: "/x" }], ["archive.name"]],
    ["reports a duplicate", [hello, hello], ["archive.duplicate"]],
    ["reports a link", [{ name: "l", type: "2", linkName: "a/hello" }], ["archive.link"]],
    ["reports a link that leaves", [{ name: "a/l", type: "2", linkName: "../../x" }], ["archive.link-escape"]],
    ["reports an absolute link", [{ name: "l", type: "2", linkName: "/etc/passwd" }], ["archive.link-escape"]],
    ["reports a hard link that leaves", [{ name: "a/l", type: "1", linkName: "../x" }], ["archive.link-escape"]],
    ["reports a device", [{ name: "d", type: "3" }], ["archive.device"]],
    ["reports a pipe", [{ name: "d", type: "6" }], ["archive.device"]],
    [
      "reads long names (GNU)",
      [{ name: "././@LongLink", type: "L", data: Buffer.from("../x\0") }, hello],
      ["archive.name"],
    ],
    [
      "reads long link targets (GNU)",
      [
        { name: "././@LongLink", type: "K", data: Buffer.from("../x\0") },
        { name: "l", type: "2", linkName: "ok" },
      ],
      ["archive.link-escape"],
    ],
    ["reads pax names", [{ name: "pax", type: "x", data: Buffer.from("14 path=../x1\n") }, hello], ["archive.name"]],
    [
      "reads pax link targets",
      [
        { name: "pax", type: "x", data: Buffer.from("18 linkpath=/x/y1\n") },
        { name: "l", type: "2", linkName: "ok" },
      ],
      ["archive.link-escape"],
    ],
  ];
  for (const [what, members, rules] of cases) {
    it(`${what}, plain and compressed`, async () => {
      expect((await inspectBytes("a.tar", tar(members))).rules).to.deep.equal(rules);
      const compressed = await inspectBytes("a.tar.gz", gzipSync(tar(members)));
      expect(compressed.rules).to.deep.equal(rules);
      expect(compressed.facts.format).to.equal("tar");
    });
  }

  it("finds a pickle in a large member of a compressed tar, which is read anew", async () => {
    const large = Buffer.concat([attack.subarray(0, -1), Buffer.alloc(2_000_000, "N0"), attack.subarray(-1)]);
    const bytes = gzipSync(tar([{ name: "big", data: large }, hello]));
    expect((await inspectBytes("a.tgz", bytes)).rules).to.deep.equal(["pickle.import.denied"]);
  });

  it("reports damage", async () => {
    const bytes = tar([hello, { name: "b", data: Buffer.alloc(2000) }]);
    expect((await inspectBytes("a.tar", bytes.subarray(0, 2000))).rules).to.deep.equal(["tar.corrupt"]);
    bytes[1024 + 10] = 0x41;
    expect((await inspectBytes("a.tar", bytes)).rules).to.deep.equal(["tar.corrupt"]);
  });

  it("bounds the members", async () => {
    const members = Array.from({ length: 20 }, (_, index) => ({ name: `f${index}`, data: Buffer.from("x") }));
    const { rules } = await inspectBytes("a.tar", tar(members), { limits: { archiveEntries: 10 } });
    expect(rules).to.deep.equal(["archive.entries"]);
  });
});

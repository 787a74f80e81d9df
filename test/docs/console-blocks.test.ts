import { expect } from "chai";
import { consoleBlocks } from "./console-blocks.ts";

const FENCE = "```";

describe("The console blocks of a page", () => {
  it("are commands with the lines shown under each", () => {
    const page = ["# Title", `${FENCE}console`, "$ one", "first", "$ two \\", "    more", `${FENCE}`, ""].join("\n");
    expect(consoleBlocks(page)).to.deep.equal([
      {
        line: 2,
        session: "page",
        exitCode: 0,
        commands: [
          { text: "one", expected: ["first"] },
          { text: "two \\\n    more", expected: [] },
        ],
      },
    ]);
  });

  it("continue a command over lines of a prompt", () => {
    const page = `${FENCE}console\n$ cat > x <<END\n> a: 1\n> END\n$ cat x\na: 1\n${FENCE}\n`;
    expect(consoleBlocks(page)[0]?.commands).to.deep.equal([
      { text: "cat > x <<END\na: 1\nEND", expected: [] },
      { text: "cat x", expected: ["a: 1"] },
    ]);
  });

  it("take the marks right before them, also inside a list", () => {
    const page = [
      "<!-- example: session keys -->",
      "<!-- example: exits with 4 -->",
      "",
      `   ${FENCE}console`,
      "   $ false",
      `   ${FENCE}`,
      "<!-- example: skip because it asks -->",
      `${FENCE}console`,
      "$ ask",
      FENCE,
      "<!-- example: session lost -->",
      "A paragraph.",
      `${FENCE}console`,
      "$ plain",
      FENCE,
    ].join("\n");
    expect(consoleBlocks(page).map(({ session, exitCode, skip }) => ({ session, exitCode, skip }))).to.deep.equal([
      { session: "keys", exitCode: 4, skip: undefined },
      { session: "page", exitCode: 0, skip: "it asks" },
      { session: "page", exitCode: 0, skip: undefined },
    ]);
  });

  it("are not looked for inside other blocks", () => {
    expect(consoleBlocks(`${FENCE}yaml\n$ not a command\n${FENCE}\n`)).to.deep.equal([]);
  });

  for (const [name, page] of [
    ["a misspelt mark", "<!-- example: skipped -->"],
    ["a block that never ends", `${FENCE}console\n$ x\n`],
    ["a block that begins with output", `${FENCE}console\noutput\n${FENCE}\n`],
    ["an empty block", `${FENCE}console\n${FENCE}\n`],
  ] as const) {
    it(`are refused with ${name}`, () => {
      expect(() => consoleBlocks(page)).to.throw(/line \d/);
    });
  }
});

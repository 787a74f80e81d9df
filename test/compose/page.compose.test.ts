import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { consoleBlocks } from "../docs/console-blocks.ts";
import { ComposeProject, ROOT } from "./compose-project.ts";
import { PageTerminal } from "./page-terminal.ts";

/** How docs/compose.md marks the examples that are run here. */
const RUN_HERE = "the tests of Compose run it";
const BLOCK_TIMEOUT_MS = 900_000;

describe("The examples of docs/compose.md", function () {
  this.timeout(BLOCK_TIMEOUT_MS);
  this.bail(true);
  const blocks = consoleBlocks(readFileSync(join(ROOT, "docs/compose.md"), "utf8"));
  let project: ComposeProject;
  let terminal: PageTerminal;

  before(async () => {
    project = await ComposeProject.create("page");
    terminal = await PageTerminal.open(project);
  });
  after(async () => {
    await project.remove();
    await terminal.close();
  });

  for (const block of blocks.filter(({ skip }) => skip === RUN_HERE)) {
    it(`line ${block.line}: ${block.commands.map(({ text }) => text.split("\n")[0]).join("; ")}`, () =>
      terminal.run(block));
  }

  it("are all run, but for the one that needs a newer release", () => {
    expect(blocks.filter(({ skip }) => skip !== RUN_HERE)).to.have.length(1);
  });
});

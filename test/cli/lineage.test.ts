import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { SlipwayProcess } from "../support/slipway-process.ts";

const iris = fileURLToPath(new URL("../../examples/iris", import.meta.url));
// biome-ignore lint/suspicious/noControlCharactersInRegex: looks for colours and other sequences.
const ESCAPES = /\x1b/;

describe("slipway lineage", function () {
  this.timeout(60_000);
  let server: SlipwayProcess;

  before(async () => {
    server = await SlipwayProcess.start();
    for (const model of ["base", "tuned", "模型"]) await run("push", iris, "-m", model, "--force");
    await run("lineage", "add", "tuned@1.0.0", "--fine-tuned-from", "base@latest");
    await run("lineage", "add", "模型@1.0.0", "--derived-from", "tuned@1.0.0");
    await run("lineage", "add", "tuned", "--trained-on", "imdb\u202e", "--artifact", "ab".repeat(32));
    await run("lineage", "add", "tuned", "--evaluated-on-version", "base");
  });
  after(() => server?.remove());

  const run = (...words: string[]) => server.run(words);

  it("draws where a version came from and what came from it", async () => {
    const { code, stdout, stderr } = await run("lineage", "tuned@1.0.0");
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
    expect(stdout.split("\n")).to.deep.equal([
      "tuned@1.0.0 (PUBLISHED, development)",
      "origin",
      "├── fine-tuned from base@1.0.0 (PUBLISHED, development)",
      "├── trained on the dataset imdb\\u{202e} (artifacts/abababababab…)",
      "└── evaluated on base@1.0.0 (PUBLISHED, development)",
      "descendants",
      "└── 模型@1.0.0 (PUBLISHED, development), derived from it",
      "",
    ]);
    expect(stdout).not.to.match(ESCAPES);
  });

  it("goes one way, so far, and to a stage, also in JSON", async () => {
    const up = (await run("lineage", "模型", "--up", "--depth", "1")).stdout;
    expect(up).to.contain("└── derived from tuned@1.0.0").and.to.contain("There is more;").and.not.to.contain("base@");
    const { stdout } = await run("lineage", "show", "base", "--down", "--stage", "development");
    expect(stdout).to.match(/\n2 versions in development\.\n$/);
    expect((await run("lineage", "base", "--down", "--stage", "production")).stdout).to.contain(
      "0 versions in production.",
    );
    const words = ["lineage", "base", "--down", "--stage", "development"];
    const { nodes } = await server.json<{ nodes: { matches?: boolean; version: { name: string } }[] }>(words);
    expect(nodes.map(({ matches = false, version: { name } }) => [name, matches])).to.deep.equal([
      ["models/base/versions/1.0.0", false],
      ["models/tuned/versions/1.0.0", true],
      ["models/模型/versions/1.0.0", true],
    ]);
  });

  it("says what is wrong with a command line, and what the server refuses", async () => {
    for (const words of [
      ["lineage"],
      ["lineage", "base", "--depth", "51"],
      ["lineage", "base", "--dataset", "imdb"],
      ["lineage", "add", "base"],
      ["lineage", "add", "base", "--trained-on", "a", "--derived-from", "tuned"],
      ["lineage", "add", "base", "--derived-from", "tuned", "--artifact", "ab".repeat(32)],
    ]) {
      expect(await run(...words), words.join(" ")).to.include({ code: 2, stdout: "" });
    }
    const circle = await run("lineage", "add", "base", "--derived-from", "模型");
    expect(circle.code).to.equal(1);
    expect(circle.stderr).to.contain("LINEAGE_CYCLE");
    expect((await run("lineage", "remove", "base", "--derived-from", "tuned")).stderr).to.contain("RELATION_NOT_FOUND");
    expect((await run("lineage", "nobody")).code).to.equal(4);
  });

  it("takes relations back, and knows nothing then", async () => {
    const relation = ["base", "--trained-on", "wiki"];
    expect(await server.json<{ relation: object }>(["lineage", "add", ...relation])).to.have.nested.property(
      "relation.uid",
    );
    expect((await run("lineage", "remove", ...relation)).stdout).to.equal(
      "No longer: base@1.0.0 is trained on the dataset wiki.\n",
    );
    await run("push", iris, "-m", "alone");
    expect((await run("lineage", "alone")).stdout).to.contain("Nothing is known of where it came from");
  });
});

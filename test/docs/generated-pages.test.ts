import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { GENERATED_FILES } from "./generated-files.ts";
import { withFreshParts } from "./generated-pages.ts";
import { GENERATED_PARTS } from "./generated-parts.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const pages = globSync("docs/**/*.md", { cwd: root }).map((path) => ({
  path,
  text: readFileSync(join(root, path), "utf8"),
}));

describe("The generated parts of docs/", () => {
  for (const { path, text } of pages.filter(({ text }) => text.includes("<!-- generated: "))) {
    it(`are fresh in ${path}`, () => {
      expect(text === withFreshParts(text), `${path} is stale: run \`node test/docs/update-pages.ts\``).to.equal(true);
    });
  }

  for (const [file, render] of Object.entries(GENERATED_FILES)) {
    it(`are fresh in ${file}`, () => {
      const text = readFileSync(join(root, file), "utf8");
      expect(text === render(), `${file} is stale: run \`node test/docs/update-pages.ts\``).to.equal(true);
    });
  }

  it("all stand in a page", () => {
    for (const name of Object.keys(GENERATED_PARTS)) {
      const mark = `<!-- generated: ${name} -->`;
      expect(pages.filter(({ text }) => text.includes(mark)).length, mark).to.equal(1);
    }
  });

  it("are made anew between their marks, and only there", () => {
    const page = (part: string) => `# A\n<!-- generated: x -->\n${part}<!-- end of generated part -->\nrest\n`;
    expect(withFreshParts(page("old\n"), { x: () => "new\n" })).to.equal(page("\nnew\n\n"));
    expect(withFreshParts(page(""), { x: () => "new" })).to.equal(page("\nnew\n\n"));
    expect(withFreshParts(page("\nnew\n\n"), { x: () => "new" })).to.equal(page("\nnew\n\n"));
  });

  it("need a name that exists", () => {
    const page = "<!-- generated: nothing -->\n<!-- end of generated part -->\n";
    expect(() => withFreshParts(page)).to.throw('there is no generated part "nothing"');
  });
});

import { writeFile } from "node:fs/promises";
import { expect } from "chai";
import { TemporaryProject } from "./temporary-project.ts";

describe("scripts/test.sh", () => {
  let project: TemporaryProject;

  before(async () => {
    project = await TemporaryProject.of("scripts", "test/tools/tally-reporter.ts", "test/package.json", "package.json");
    await writeFile(
      project.path(".mocharc.json"),
      '{ "spec": ["all.test.ts"], "reporter": "test/tools/tally-reporter.ts" }',
    );
    await writeFile(project.path("all.test.ts"), 'it("passes", () => {}); it("passes too", () => {});');
    await writeFile(
      project.path("one.test.ts"),
      'it("passes", () => {}); it("fails", () => { throw new Error("no"); });',
    );
    await writeFile(project.path("broken.test.ts"), "throw new Error('cannot load');");
    await writeFile(project.path("scripts/check.sh"), 'echo "3 passed, 1 failed" >>"$SLIPWAY_TALLY"; exit 1\n');
  });
  after(() => project.remove());

  const CASES: [what: string, args: string[], exitCode: number, lastLine: string][] = [
    ["adds up checks and tests", [], 1, "5 passed, 1 failed"],
    ["runs only the file that it is given", ["one.test.ts"], 1, "1 passed, 1 failed"],
    ["passes arguments to mocha", ["one.test.ts", "--grep", "passes"], 0, "1 passed, 0 failed"],
    ["counts tests that cannot be loaded as a failure", ["broken.test.ts"], 1, "0 passed, 1 failed"],
  ];
  for (const [what, args, exitCode, lastLine] of CASES) {
    it(`${what}: ${lastLine}`, async () => {
      const result = await project.run("bash", "scripts/test.sh", ...args);
      expect(result.exitCode, result.stderr).to.equal(exitCode);
      expect(result.stdout.trimEnd().split("\n").at(-1)).to.equal(lastLine);
    });
  }
});

import { appendFile, readFile, rm, writeFile } from "node:fs/promises";
import { expect } from "chai";
import { TemporaryProject } from "./temporary-project.ts";

const GENERATED = "libs/gen/src/slipway/event/v1/event_pb.js";
const LEFT_OVER = "libs/gen/src/slipway/event/v1/gone_pb.d.ts";

describe("scripts/generate.sh", () => {
  let project: TemporaryProject;
  const generate = (...args: string[]) => project.run("bash", "scripts/generate.sh", ...args);

  before(async () => {
    project = await TemporaryProject.of("scripts", "proto", "buf.yaml", "libs/gen/src", "libs/rpc/testing");
  });
  after(() => project.remove());

  it("finds the committed code fresh", async () => {
    expect(await generate("--check")).to.deep.equal({ exitCode: 0, stdout: "", stderr: "" });
  });

  it("with --check names stale, missing and left-over files and changes nothing; without, repairs them", async () => {
    const committed = await readFile(project.path(GENERATED), "utf8");
    const echo = "libs/rpc/testing/echo_pb.js";
    await appendFile(project.path(GENERATED), "// edited\n");
    await writeFile(project.path(LEFT_OVER), "");
    await rm(project.path(echo));

    const { exitCode, stderr } = await generate("--check");
    expect(exitCode).to.equal(1);
    expect(stderr.trim().split("\n")).to.deep.equal([
      `stale: ${GENERATED}`,
      `left over: ${LEFT_OVER}`,
      `stale: ${echo}`,
      "Generated code is stale: run `npm run generate` and commit the result.",
    ]);
    expect(await readFile(project.path(GENERATED), "utf8")).to.equal(`${committed}// edited\n`);

    expect((await generate()).exitCode).to.equal(0);
    expect(await readFile(project.path(GENERATED), "utf8")).to.equal(committed);
    expect(await generate("--check")).to.deep.equal({ exitCode: 0, stdout: "", stderr: "" });
  });
});

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { type CommandResult, SlipwayProcess } from "../support/slipway-process.ts";

const IRIS = fileURLToPath(new URL("../../examples/iris", import.meta.url));

describe("slipway versions withdraw", function () {
  this.timeout(60_000);
  let server: SlipwayProcess;
  let administrator: string;
  let viewer: string;

  before(async () => {
    server = await SlipwayProcess.start({ env: { SLIPWAY_AUTH: "keys" } });
    administrator = (await readFile(join(server.home, "data", "bootstrap-key"), "utf8")).trim();
    await as(administrator, "principals", "create", "users/vera");
    viewer = (await as(administrator, "keys", "create", "users/vera", "--role", "viewer")).stdout.trim();
    await as(administrator, "push", IRIS, "-m", "iris");
    // Allowed before, and maybe remembered for up to 5 seconds: by this role alone.
    await as(administrator, "pull", "iris", "--to", join(server.home, "before"));
  });
  after(() => server?.remove());

  const as = (key: string, ...words: string[]): Promise<CommandResult> =>
    server.run(words, { cwd: server.home, env: { SLIPWAY_HOME: join(server.home, "user"), SLIPWAY_KEY: key } });

  it("needs a reason and a version", async () => {
    const without = await as(administrator, "versions", "withdraw", "iris@1.0.0");
    expect(without).to.include({ code: 2, stdout: "" });
    expect(without.stderr).to.contain("--reason");
    const vague = await as(administrator, "versions", "withdraw", "iris", "--reason", "x");
    expect(vague).to.include({ code: 2, stderr: 'error: "iris" names no version. Write iris@1.2.0.\n' });
  });

  it("says that it is done, once", async () => {
    const words = ["versions", "withdraw", "iris@1.0.0", "--reason", "It leaks names."];
    expect(await as(administrator, ...words)).to.include({ code: 0, stdout: "iris@1.0.0 is withdrawn.\n", stderr: "" });
    const again = await as(administrator, ...words);
    expect(again).to.include({ code: 1, stdout: "" });
    expect(again.stderr).to.match(
      /^error: models\/iris\/versions\/1\.0\.0 is WITHDRAWN, and this works .*_PUBLISHED\)\n$/s,
    );
  });

  it("stops the downloads of viewers, who are told why", async () => {
    const { code, stdout, stderr } = await as(viewer, "pull", "iris@1.0.0");
    expect({ code, stdout }).to.deep.equal({ code: 5, stdout: "" });
    expect(stderr.split("\n").slice(1).join("\n")).to.equal(
      'error: models/iris/versions/1.0.0 was withdrawn ("It leaks names."). Use another version from `slipway versions list`.\n  (VERSION_WITHDRAWN)\n',
    );
    expect((await as(viewer, "pull", "iris")).code).to.equal(4);
    expect((await as(viewer, "versions", "show", "iris@1.0.0")).stdout).to.match(/state +WITHDRAWN\n.*It leaks names/s);
  });

  it("warns those who may still download", async () => {
    const pulled = await as(administrator, "pull", "iris@1.0.0", "--to", "kept");
    expect(pulled.code).to.equal(0);
    expect(pulled.stderr).to.match(/^warning: iris@1\.0\.0 was withdrawn: It leaks names\.\n/);
    const { stdout } = await as(administrator, "pull", "iris@1.0.0", "--to", "kept", "-o", "json");
    expect(JSON.parse(stdout)).to.include({ state: "WITHDRAWN", files: 2 });
  });

  it("is remembered when the same files are pushed again", async () => {
    const pushed = await as(administrator, "push", IRIS, "-m", "iris");
    expect(pushed.code).to.equal(3);
    expect(pushed.stdout).to.match(/^iris 1\.0\.0 is unchanged: WITHDRAWN\n/);
    expect(pushed.stdout).to.contain("withdrawn as version 1.0.0; --force makes another of it.\n  It leaks names.\n");
    expect((await as(administrator, "push", IRIS, "-m", "iris", "--force")).stdout).to.match(/^iris 1\.0\.1 PUBLISHED/);
  });
});

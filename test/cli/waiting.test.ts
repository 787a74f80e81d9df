import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { runSlipway } from "../support/slipway-process.ts";
import { FollowedCommand } from "./followed-command.ts";
import { PausedAdmission } from "./paused-admission.ts";
import { TmuxTerminal } from "./tmux-terminal.ts";

const IRIS = fileURLToPath(new URL("../../examples/iris", import.meta.url));

describe("slipway push, while it waits for admission", function () {
  this.timeout(60_000);
  let folder: string;
  let server: PausedAdmission;

  const environment = () => ({ SLIPWAY_URL: server.url, SLIPWAY_HOME: join(folder, "home") });
  const follow = (...words: string[]) => new FollowedCommand(words, { cwd: folder, env: environment() });
  const run = (...words: string[]) => runSlipway(words, { cwd: folder, env: environment() });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "slipway-cli-"));
    server = await PausedAdmission.start();
  });
  after(async () => {
    await server?.close();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  it("shows on a terminal for how long, in one line that is gone afterwards", async function () {
    if (!(await TmuxTerminal.isInstalled())) {
      console.log("    skipped: tmux is not installed");
      this.skip();
    }
    const terminal = await TmuxTerminal.open({ columns: 100, cwd: folder, env: environment() });
    try {
      await terminal.start(`clear; slipway push ${IRIS} -m shown; echo "exit code $?"`);
      await terminal.until(() => terminal.screen(), /^Waiting for admission of shown@1\.0\.0 … ([2-9]|\d\d) s$/m);
      await server.admit("models/shown/versions/1.0.0");
      const screen = await terminal.until(() => terminal.screen(), /exit code \d+\n/);
      expect(screen)
        .to.match(/^shown 1\.0\.0 PUBLISHED\nnumber .*\nexit code 0\n/ms)
        .and.not.to.contain("Waiting");
      const drawn = (await terminal.output()).matchAll(/Waiting for admission of shown@1\.0\.0 … (\d+) s/g);
      const seconds = [...drawn].map(([, passed]) => Number(passed));
      expect(seconds[0]).to.equal(0);
      expect(seconds)
        .to.have.length.above(1)
        .and.to.deep.equal([...new Set(seconds)].toSorted((a, b) => a - b));
    } finally {
      await terminal.close();
    }
  });

  it("prints one plain line elsewhere, and none with -o json", async () => {
    const plain = follow("push", IRIS, "-m", "plain");
    const json = follow("push", IRIS, "-m", "json", "-o", "json");
    await plain.until(/^Waiting for admission of plain@1\.0\.0 …\n$/);
    await server.admit("models/plain/versions/1.0.0");
    expect((await plain.ended).output).to.match(/^Waiting for admission of plain@1\.0\.0 …\nplain 1\.0\.0 PUBLISHED\n/);
    await server.admit("models/json/versions/1.0.0");
    expect(JSON.parse((await json.ended).output)).to.include({ version: "1.0.0", state: "PUBLISHED" });
  });

  it("stops at ctrl-C, says how to look, and leaves a version that the next push finds", async () => {
    const pushing = follow("push", IRIS, "-m", "my iris");
    await pushing.until(/Waiting/);
    pushing.interrupt();
    expect(await pushing.ended).to.deep.equal({
      code: 130,
      output:
        "Waiting for admission of my iris@1.0.0 …\n" +
        "Interrupted. my iris@1.0.0 exists and its admission goes on. Push again to wait for it, or look with:\n" +
        "  slipway versions show 'my iris@1.0.0'\n",
    });
    expect((await run("versions", "show", "my iris@1.0.0")).stdout).to.contain("state      VALIDATING\n");
    const words = ["push", IRIS, "-m", "my iris"];
    const again = await run(...words, "--no-wait");
    expect(again.code).to.equal(0);
    expect(again.stdout).to.match(
      /^my iris 1\.0\.0 VALIDATING\n.*\nIts admission goes on\. Push .*:\n {2}slipway versions show 'my iris@1\.0\.0'\n$/s,
    );
    // The client has forgotten: the server finds it by its files.
    expect((await run(...words, "--no-wait")).stdout).to.match(/^my iris 1\.0\.0 is unchanged: VALIDATING\n/);
    await server.admit("models/my iris/versions/1.0.0");
    expect((await run(...words)).stdout).to.match(/^my iris 1\.0\.0 is unchanged: PUBLISHED\n/);
    const { versions } = await server.connection.versions.listVersions({ parent: "models/my iris" });
    expect(versions.map(({ number }) => number)).to.deep.equal(["1.0.0"]);
  });

  it("does not wait with --no-wait, whose help says what goes on", async () => {
    const { code, stdout, stderr } = await run("push", IRIS, "-m", "later", "--no-wait");
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
    expect(stdout).to.match(/^later 1\.0\.0 VALIDATING\n/);
    expect((await run("push", "--help")).stdout.replaceAll(/\s+/g, " ")).to.contain(
      "--no-wait return as soon as the version exists; admission decides about it in the background",
    );
  });
});

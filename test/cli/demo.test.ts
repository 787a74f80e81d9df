import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { answers } from "../docs/answers.ts";
import { RunningCommand } from "../docs/shell.ts";
import { pythonEnvironment } from "../python/environment.ts";

const SCRIPT = fileURLToPath(new URL("../../scripts/demo.sh", import.meta.url));
const TIMEOUT_MS = 100_000;

describe("npm run demo", function () {
  this.timeout(120_000);
  /** What the demo may use; it must be empty again in the end. */
  let folder: string;
  let demo: RunningCommand;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "slipway-demo-"));
  });
  afterEach(async () => {
    await demo?.end();
    await rm(folder, { recursive: true });
  });

  function start(python: string): void {
    // A registry that somebody uses must not notice.
    const settings = { SLIPWAY_URL: "http://127.0.0.1:1", SLIPWAY_KEY: "slw_mine", SLIPWAY_AUTH: "keys" };
    const environment = { ...process.env, ...settings, TMPDIR: folder, SLIPWAY_DEMO_PYTHON: python };
    demo = new RunningCommand(`exec bash ${SCRIPT}`, folder, environment);
  }

  async function ended(): Promise<void> {
    await demo.until(() => demo.exitCode !== undefined, TIMEOUT_MS);
    expect(await readdir(folder)).to.deep.equal([]);
    const address = /http:\/\/(127\.0\.0\.1:\d+) answers/.exec(demo.output)?.[1] ?? "";
    expect(address, demo.output).not.to.equal("");
    expect(await answers(address)).to.equal(false);
  }

  const STORY = [
    "iris 1.0.0 PUBLISHED",
    "iris 1.0.0 is unchanged: PUBLISHED",
    "iris 1.0.1 PUBLISHED",
    "iris 2.0.0 PUBLISHED",
    "inputs.X type changed from float32 to float64",
    "Not one byte differs.",
    "evil 1.0.0 REJECTED",
    "(exit code 3)",
    "(VERSION_QUARANTINED)",
    "slipway.version.rejected tenants/default/models/evil/versions/1.0.0 by users/local",
    "# That was it.",
  ];

  it("plays the whole story on the example where there is no Python, and cleans up", async () => {
    start("");
    await ended();
    expect(demo.exitCode, demo.output).to.equal(0);
    let from = 0;
    for (const line of STORY) {
      const at = demo.output.indexOf(line, from);
      expect(at, `${line} in\n${demo.output}`).to.be.at.least(0);
      from = at;
    }
  });

  it("trains the model where there is one, and it predicts the same elsewhere", async function () {
    const python = await pythonEnvironment({ test: this });
    this.timeout(120_000);
    start(python);
    await ended();
    expect(demo.exitCode, demo.output).to.equal(0);
    expect(demo.output).to.contain("model.joblib\n").and.to.contain("The predictions are the same.\n");
  });

  it("ends at ctrl-C in the middle, and cleans up", async () => {
    start("");
    await demo.until(() => demo.output.includes("iris 1.0.0 PUBLISHED"), TIMEOUT_MS);
    demo.signal("SIGINT");
    await ended();
    expect(demo.exitCode).to.equal(130);
    expect(demo.output).not.to.contain("# That was it.");
  });
});

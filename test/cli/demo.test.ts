import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";

const run = promisify(execFile);
const repository = fileURLToPath(new URL("../../", import.meta.url));

describe("npm run demo", () => {
  it("plays the story to its end and leaves nothing behind", async () => {
    const temporary = await mkdtemp(join(tmpdir(), "slipway-demo-"));
    try {
      const env = { ...process.env, TMPDIR: temporary };
      const { stdout } = await run("bash", ["scripts/demo.sh"], { cwd: repository, env, timeout: 120_000 });
      expect(stdout).to.include("iris 1.0.0 PUBLISHED");
      expect(stdout).to.include("iris 2.0.0 PUBLISHED");
      expect(stdout).to.include("evil 1.0.0 REJECTED");
      expect(stdout).to.include("The files are the same.");
      expect(stdout).to.include("slipway.version.rejected");
      expect(await readdir(temporary)).to.deep.equal([]);
    } finally {
      await rm(temporary, { recursive: true });
    }
  }).timeout(150_000);
});

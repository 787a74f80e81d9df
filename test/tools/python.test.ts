import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { pythonEnvironment } from "../python/environment.ts";

const run = promisify(execFile);
const script = (name: string) => fileURLToPath(new URL(`../python/${name}`, import.meta.url));

describe("The model that the tests push", () => {
  let python: string;
  let folder: string;

  before(async function () {
    folder = await mkdtemp(join(tmpdir(), "slipway-python-"));
    python = await pythonEnvironment({ test: this });
    await run(python, [script("train.py"), join(folder, "iris")]);
  });
  after(() => rm(folder, { recursive: true }));

  it("is a folder with the model in two formats and what describes it", async () => {
    expect((await readdir(join(folder, "iris"))).sort()).to.deep.equal([
      "README.md",
      "model.joblib",
      "model.onnx",
      "predictions.json",
      "requirements.txt",
    ]);
  });

  it("predicts the same in both formats, from any folder", async () => {
    await cp(join(folder, "iris"), join(folder, "elsewhere"), { recursive: true });
    const { stdout } = await run(python, [script("predict.py"), join(folder, "elsewhere")], { cwd: tmpdir() });
    expect(stdout).to.equal(await readFile(join(folder, "iris", "predictions.json"), "utf8"));
    const predicted = JSON.parse(stdout) as Record<"joblib" | "onnx", { labels: number[] }>;
    expect(predicted.joblib.labels).to.have.length(45).and.to.deep.equal(predicted.onnx.labels);
  });
});

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Connection, connect, parseReference } from "@slipway/client";
import { expect } from "chai";
import { pythonEnvironment } from "../python/environment.ts";
import { SlipwayProcess } from "../support/slipway-process.ts";

const execute = promisify(execFile);
const script = (name: string) => fileURLToPath(new URL(`../python/${name}`, import.meta.url));

interface Pushed {
  model: string;
  version: string;
  state: string;
  artifact: string;
  url: string;
  uploadedBytes: number;
  storedBytes: number;
  reusedBytes: number;
  unchanged: boolean;
}
interface ShownVersion {
  number: string;
  state: string;
  stage: string;
  artifact: string;
  sizeBytes: string;
  fileCount: number;
  signature: { inputs: object[]; outputs: object[] };
  summary: { formats: string[]; framework: string; licence: string };
}
interface Pulled {
  version: string;
  files: number;
  downloadedBytes: number;
  reusedBytes: number;
}

/** One person trains and pushes a classifier; another one, elsewhere, finds it, pulls it and lets it predict. */
describe("The story of a scikit-learn classifier", function () {
  this.timeout(120_000);
  let python: string;
  let server: SlipwayProcess;
  let connection: Connection;
  let folder: string;
  /** What the trained model predicted on the machine that trained it, for each number of trees. */
  const predicted = new Map<number, string>();
  let first: Pushed;
  let second: Pushed;

  before(async function () {
    python = await pythonEnvironment({ test: this });
    folder = await mkdtemp(join(tmpdir(), "slipway-story-"));
    server = await SlipwayProcess.start();
    connection = connect({ url: server.url });
    await train(20);
    await train(25);
  });
  after(async () => {
    connection?.close();
    await server?.remove();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  async function train(trees: number): Promise<void> {
    const trained = join(folder, `trained-${trees}`);
    await execute(python, [script("train.py"), trained, String(trees)]);
    predicted.set(trees, await readFile(join(trained, "predictions.json"), "utf8"));
  }

  const trainer = () => ({ env: { SLIPWAY_HOME: join(folder, "trainer") } });
  const user = () => ({ env: { SLIPWAY_HOME: join(folder, "user") }, cwd: join(folder, "elsewhere") });
  const shown = (reference: string) => server.json<ShownVersion>(["versions", "show", reference], user());
  const resolved = async (reference: string) => {
    const { model, selector } = parseReference(reference);
    return (await connection.versions.resolveVersion({ model: `models/${model}`, selector })).version?.number;
  };
  const numbersOf = async (words: string[]) =>
    (await server.json<{ versions: { number: string }[] }>(words, user())).versions.map(({ number }) => number);

  it("begins with a push of the trained folder, which is admitted and published", async () => {
    const words = ["push", join(folder, "trained-20"), "--model", "iris", "--tag", "data=fisher-1936", "-l", "tabular"];
    first = await server.json<Pushed>(words, trainer());
    expect(first).to.include({ model: "iris", version: "1.0.0", state: "PUBLISHED", unchanged: false, reusedBytes: 0 });
    expect(first.uploadedBytes).to.equal(first.storedBytes).and.be.above(0);

    const again = await server.json<Pushed>(words, trainer());
    expect(again).to.deep.include({
      ...first,
      uploadedBytes: 0,
      storedBytes: 0,
      unchanged: true,
      reusedBytes: first.storedBytes,
    });
  });

  it("goes on with a second version of more trees, which shares files with the first", async () => {
    second = await server.json<Pushed>(["push", join(folder, "trained-25"), "-m", "iris", "-t", "trees=25"], trainer());
    expect(second).to.include({ version: "1.0.1", state: "PUBLISHED", unchanged: false });
    const requirements = await readFile(join(folder, "trained-25", "requirements.txt"));
    expect(second.reusedBytes).to.be.at.least(requirements.length);
    await rename(join(folder, "trained-20"), join(folder, "put-away-20"));
    await rename(join(folder, "trained-25"), join(folder, "put-away-25"));
    await mkdir(join(folder, "elsewhere"));
  });

  it("lets somebody else find the model and its versions", async () => {
    const { models } = await server.json<{ models: object[] }>(["models", "list"], user());
    expect(models).to.have.length(1);
    expect(models[0]).to.include({ name: "models/iris", latestVersion: "1.0.1", versionCount: "2" });
    expect(await numbersOf(["versions", "list", "iris"])).to.deep.equal(["1.0.0", "1.0.1"]);
    expect(await numbersOf(["versions", "list", "iris", "--order-by", "number desc"])).to.deep.equal([
      "1.0.1",
      "1.0.0",
    ]);
    for (const [filter, numbers] of [
      ['tags.data = "fisher-1936"', ["1.0.0"]],
      ["labels = tabular AND state = PUBLISHED", ["1.0.0"]],
      ["NOT labels = tabular", ["1.0.1"]],
      ["tags.trees = 25", ["1.0.1"]],
      ["state = REJECTED", []],
    ] as const) {
      expect(await numbersOf(["versions", "list", "iris", "--filter", filter]), filter).to.deep.equal(numbers);
    }
  });

  it("tells what the model takes and gives, read from its files", async () => {
    const version = await shown("iris@1.0.0");
    expect(version).to.include({ state: "VERSION_STATE_PUBLISHED", stage: "development", fileCount: 5 });
    expect(version.sizeBytes).to.equal(String(first.uploadedBytes));
    expect(version.summary.formats).to.include.members(["joblib", "onnx"]);
    expect(version.summary.licence).to.equal("apache-2.0");
    expect(version.signature).to.deep.equal({
      inputs: [{ name: "X", dtype: "float32", hasShape: true, shape: [{ size: "-1" }, { size: "4" }] }],
      outputs: [
        { name: "label", dtype: "int64", hasShape: true, shape: [{ size: "-1" }] },
        { name: "probabilities", dtype: "float32", hasShape: true, shape: [{ size: "-1" }, { size: "3" }] },
      ],
    });
  });

  it("resolves a range, latest, a stage, an alias and a URL", async () => {
    await connection.models.setAlias({ model: "models/iris", alias: "champion", version: "1.0.0" });
    for (const [reference, number] of [
      ["iris", "1.0.1"],
      ["iris@latest", "1.0.1"],
      ["iris@^1", "1.0.1"],
      ["iris@~1.0.0", "1.0.1"],
      ["iris@<1.0.1", "1.0.0"],
      ["iris@development", "1.0.1"],
      ["iris@champion", "1.0.0"],
      ["models/iris/versions/1.0.0", "1.0.0"],
      [first.url, "1.0.0"],
      [second.url, "1.0.1"],
    ] as const) {
      expect(await resolved(reference), reference).to.equal(number);
    }
    await connection.models.setAlias({ model: "models/iris", alias: "champion", version: "1.0.1" });
    expect(await resolved("iris@champion")).to.equal("1.0.1");
  });

  for (const { trees, number, reference } of [
    { trees: 20, number: "1.0.0", reference: () => first.url },
    { trees: 25, number: "1.0.1", reference: () => "iris@champion" },
  ]) {
    it(`ends with ${number} elsewhere, loaded with joblib and ONNX, predicting the same`, async () => {
      const pulled = await server.json<Pulled>(["pull", reference()], user());
      const destination = join(folder, "elsewhere", `iris-${number}`);
      expect(pulled).to.include({ version: number, files: 5, reusedBytes: 0 });
      expect((await readdir(destination)).sort()).to.deep.equal([
        "README.md",
        "model.joblib",
        "model.onnx",
        "predictions.json",
        "requirements.txt",
      ]);
      const { stdout } = await execute(python, [script("predict.py"), destination]);
      expect(stdout).to.equal(predicted.get(trees));
      const again = await server.json<Pulled>(["pull", reference()], user());
      expect(again).to.include({ downloadedBytes: 0, reusedBytes: pulled.downloadedBytes });
    });
  }
});

import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { SlipwayProcess } from "../support/slipway-process.ts";

const IRIS = fileURLToPath(new URL("../../examples/iris", import.meta.url));
const ROWS = 100_000;

interface Evaluation {
  name: string;
  uid: string;
  dataset: string;
  datasetArtifact?: string;
  rowCount: string;
  metrics: Record<string, number>;
  slices: { slice: string; rowCount: string }[];
}

describe("slipway evaluate and evaluations", function () {
  this.timeout(60_000);
  let server: SlipwayProcess;
  let folder: string;

  before(async () => {
    server = await SlipwayProcess.start();
    folder = await mkdtemp(join(tmpdir(), "slipway-cli-"));
    for (const _ of [1, 2]) await json("push", IRIS, "-m", "spam", "--force");
  });
  after(async () => {
    await server?.remove();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  const options = () => ({ cwd: folder, env: { SLIPWAY_HOME: join(folder, "home") } });
  const run = (...words: string[]) => server.run(words, options());
  const json = <Answer>(...words: string[]) => server.json<Answer>(words, options());
  const evaluate = (reference: string, ...words: string[]) =>
    json<Evaluation>("evaluate", reference, "--dataset", "inbox", ...words);

  it("record counts, and show them with the version", async () => {
    const recorded = await evaluate("spam@1.0.0", "--counts", "tp=80,tn=90,fp=10,fn=20", "--parameter", "t=0.5");
    expect(recorded.metrics).to.deep.include({ accuracy: 0.85, recall: 0.8 });
    expect(await json("evaluations", "show", "spam@1.0.0")).to.deep.equal(recorded);
    expect(await json("evaluations", "show", "spam@1.0.0", recorded.uid)).to.deep.equal(recorded);
    expect(await json("versions", "show", "spam@1.0.0")).to.deep.include({ metrics: recorded.metrics });
    const { stdout } = await run("versions", "show", "spam@1.0.0");
    expect(stdout).to.match(/metrics {2,}accuracy 0\.8500\n +balanced_accuracy 0\.8500\n +f1 0\.8421\n/);
  });

  it("stream a file of many rows, with slices and the bytes of the dataset", async () => {
    const file = join(folder, "predictions.csv");
    const lines = function* () {
      yield "label,prediction,score,slice\n";
      for (let row = 0; row < ROWS; row += 1) {
        const label = row % 2 === 0 ? "spam" : "ham";
        const said = row % 10 === 0 ? "ham" : label;
        yield `${label},${said},${((row * 7919) % ROWS) / ROWS},fold=${row % 3}\n`;
      }
    };
    await pipeline(Readable.from(lines()), createWriteStream(file));
    const { artifact } = await json<{ artifact: string }>("versions", "show", "spam@1.0.1");
    const words = [
      "--predictions",
      file,
      "--positive",
      "spam",
      "--dataset-artifact",
      artifact.replace("artifacts/", ""),
    ];
    const recorded = await evaluate("spam@1.0.1", ...words);
    expect(recorded.rowCount).to.equal(String(ROWS));
    expect(recorded.datasetArtifact).to.equal(artifact);
    expect(recorded.metrics.accuracy).to.equal(0.9);
    expect(recorded.metrics.roc_auc).to.be.within(0.49, 0.51);
    expect(recorded.slices.map(({ slice }) => slice)).to.deep.equal(["fold=0", "fold=1", "fold=2"]);
  });

  it("list and compare", async () => {
    const { evaluations, more } = await json<{ evaluations: Evaluation[]; more: boolean }>(
      ...["evaluations", "list", "spam@1.0.1", "--filter", "row_count > 1000"],
    );
    expect([evaluations.map(({ dataset }) => dataset), more]).to.deep.equal([["inbox"], false]);
    const { stdout: listed } = await run("evaluations", "list", "spam@1.0.1");
    expect(listed).to.match(
      /EVALUATION +DATASET +SOURCE +ROWS +METRICS +RECORDED +BY\n.* inbox +CLAIMED +100000 +accuracy 0\.9000, /,
    );
    // Precision, recall and f1 are of another positive class there, so nothing is judged until the same one is named.
    await evaluate("spam@1.0.0", "--counts", "tp=80,tn=90,fp=10,fn=20", "--positive", "spam");
    const compared = await json<{ metrics: { metric: string; verdict: string }[] }>(
      ...["evaluations", "compare", "spam@1.0.0", "spam@1.0.1"],
    );
    expect(compared.metrics.find(({ metric }) => metric === "accuracy")?.verdict).to.equal("METRIC_VERDICT_BETTER");
    const { stdout } = await run("evaluations", "compare", "spam@1.0.0", "spam@1.0.1", "--dataset", "inbox");
    expect(stdout).to.match(/accuracy +0\.8500 +0\.9000 +\+0\.0500 +0\.0\d+ to 0\.\d+ +BETTER\n/);
    expect(stdout).to.contain("Better: accuracy");
  });

  it("refuse a file that is cut in half, and record nothing", async () => {
    const before = await json<{ evaluations: Evaluation[] }>("evaluations", "list", "spam@1.0.1");
    const whole = await readFile(join(folder, "predictions.csv"));
    const cut = join(folder, "cut.csv");
    const half = whole.subarray(0, whole.length >> 1);
    await writeFile(cut, half.at(-1) === 0x0a ? half.subarray(0, -1) : half);
    const lines = half.toString().split("\n").length;
    const { stderr, code } = await run(
      ...["evaluate", "spam@1.0.1", "-d", "inbox", "--predictions", cut, "--positive", "spam"],
    );
    expect(code).to.equal(1);
    expect(stderr.replace(/\s+/g, " ")).to.contain(`line ${lines} does not end with a line break`);
    expect(await json("evaluations", "list", "spam@1.0.1")).to.deep.equal(before);
  });

  it("say which row or option is wrong", async () => {
    const file = join(folder, "wrong.csv");
    await writeFile(file, "label,prediction\nspam,ham\nham,\n");
    const empty = await run("evaluate", "spam@1.0.1", "-d", "inbox", "--predictions", file);
    expect([empty.code, empty.stderr.replace(/\s+/g, " ")]).to.deep.equal([
      1,
      "error: The evaluation is refused: row 2 has an empty prediction. docs/evaluation.md says what is expected. (EVALUATION_INVALID) ",
    ]);
    const negative = await run("evaluate", "spam@1.0.1", "-d", "inbox", "--counts", "tp=-1,tn=1,fp=1,fn=1");
    expect(negative.stderr).to.contain("true_positives must be greater than or equal to 0");
    const missing = await run("evaluate", "spam@1.0.1", "-d", "inbox", "--predictions", join(folder, "nowhere.csv"));
    expect(missing.code).to.equal(1);
    expect(missing.stderr).to.contain("nowhere.csv cannot be read");
    const never = await run("evaluations", "compare", "spam@1.0.0", "spam@1.0.1", "-d", "elsewhere");
    expect(never.code).to.equal(4);
    expect(never.stderr.replace(/\s+/g, " ")).to.contain('was never evaluated on "elsewhere"');
  });

  it("change a model's primary dataset", async () => {
    const { model } = await json<{ model: { primaryDataset: string } }>(
      ...["models", "update", "spam", "--primary-dataset", "gold"],
    );
    expect(model.primaryDataset).to.equal("gold");
    const { stdout } = await run("models", "show", "spam");
    expect(stdout).to.match(/primary dataset {2}gold\n/);
    await json(
      "evaluate",
      "spam@1.0.0",
      "-d",
      "gold",
      "--metrics",
      "bleu=31.5,val_loss=2",
      "--lower-is-better",
      "val_loss",
    );
    expect(await json("versions", "show", "spam@1.0.0")).to.deep.include({ metrics: { bleu: 31.5, val_loss: 2 } });
  });
});

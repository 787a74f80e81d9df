import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClientError } from "@slipway/client";
import { expect } from "chai";
import type { ColumnNames } from "./prediction-columns.ts";
import { predictionMessages } from "./prediction-messages.ts";

describe("A file of predictions", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "slipway-predictions-"));
  });
  after(() => rm(folder, { recursive: true }));

  async function messagesOf(text: string, columns: ColumnNames = {}, regression = false) {
    const path = join(folder, "p.csv");
    await writeFile(path, text);
    const header = { parent: "models/a/versions/1.0.0", dataset: "test" };
    const messages = await Array.fromAsync(
      predictionMessages(header, { path, columns, regression, onBytes: () => undefined }),
    );
    return messages.map(({ content }) => content);
  }

  it("becomes a header, rows in columns, and their count", async () => {
    const [header, rows, end] = await messagesOf(
      'label,prediction,slice,ignored\nspam,"h,a""m",a,1\nham,"two\nlines",,2\n',
    );
    expect(header?.case).to.equal("header");
    expect(rows?.value).to.deep.include({
      labels: ["spam", "ham"],
      predictions: ['h,a"m', "two\nlines"],
      scores: [],
      weights: [],
      slices: ["a", ""],
    });
    expect(end?.value).to.deep.equal({ rowCount: 2n });
  });

  it("may name its columns otherwise, begin with a byte order mark and end lines as on Windows", async () => {
    const columns = { labelColumn: "y", scoreColumn: "p", weightColumn: "w" };
    const [, rows] = await messagesOf("\ufeffy,p,w\r\n1,0.25,2\r\n", columns);
    expect(rows?.value).to.deep.include({ labels: ["1"], scores: [0.25], weights: [2], predictions: [] });
  });

  it("may hold numbers", async () => {
    const [, rows] = await messagesOf("label,prediction\n1.5,-2e3\n", {}, true);
    expect(rows?.value).to.deep.include({ targets: [1.5], estimates: [-2000], labels: [] });
  });

  it("is sent in messages of at most 16,384 rows and some half MiB", async () => {
    const many = await messagesOf(`label,prediction\n${"a,b\n".repeat(40_000)}`);
    expect(many.map((content) => content?.case)).to.deep.equal(["header", "rows", "rows", "rows", "end"]);
    const wide = await messagesOf(`label,prediction\n${`${"x".repeat(250)},y\n`.repeat(10_000)}`);
    expect(wide.length).to.be.greaterThan(5);
  });

  const refused: [string, string, RegExp, ColumnNames?, boolean?][] = [
    ["is cut in a line", "label,prediction\nspam,ham\nspa", /p\.csv: line 3 does not end with a line break/],
    ["is cut in quotes", 'label,prediction\nspam,"ha', /p\.csv: line 2 does not end with a line break/],
    ["has a line that lacks a column", "label,prediction\nspam,ham\nspam\n", /expect 2, got 1 on line 3/],
    ["has quotes that are not closed", 'label,prediction\nspam,"ham\nspam,ham\n', /not closed|Quote Not Closed/i],
    ["is empty", "", /p\.csv is empty/],
    ["has no rows", "label,prediction\n", /has no rows below its first line/],
    [
      "has no labels",
      "truth,prediction\na,b\n",
      /no column "label", only "truth", "prediction"\. Name it with --label-column/,
    ],
    ["lacks a column that is named", "label\na\n", /no column "p".*--score-column/, { scoreColumn: "p" }],
    ["has a column twice", "label,label,prediction\na,b,c\n", /two columns "label"/],
    ["has a score that is NaN", "label,score\na,0.5\na,nan\n", /row 2 has the score "nan", which is no finite number/],
    ["lacks a score", "label,score\na,\n", /row 1 has the score "", which is no finite number/],
    ["lacks numbers to compare", "label\n1\n", /A regression needs predictions/, {}, true],
  ];
  for (const [problem, text, message, columns, regression] of refused) {
    it(`is refused where it ${problem}`, async () => {
      const error: unknown = await messagesOf(text, columns, regression).then(
        () => undefined,
        (caught: unknown) => caught,
      );
      expect(error).to.be.instanceOf(ClientError);
      expect((error as Error).message).to.match(message);
    });
  }
});

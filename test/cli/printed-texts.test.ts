import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Connection, connect } from "@slipway/client";
import { expect } from "chai";
import { BIN, SlipwayProcess } from "../support/slipway-process.ts";
import { columnStarts } from "./column-starts.ts";

const execute = promisify(execFile);

describe("What slipway prints of texts that it does not choose", function () {
  this.timeout(60_000);
  let server: SlipwayProcess;
  let connection: Connection;

  before(async () => {
    server = await SlipwayProcess.start();
    connection = connect({ url: server.url });
  });
  after(async () => {
    connection?.close();
    await server?.remove();
  });

  it("aligns names in wide characters", async () => {
    for (const name of ["鸢尾花分类", "emoji 🌷 model"])
      await connection.models.createModel({ model: { name: `models/${name}`, labels: ["视觉"] } });
    const { stdout } = await server.run(["models", "list"]);
    const [head = "", ...rows] = stdout.trimEnd().split("\n");
    expect(rows.join("\n")).to.contain("鸢尾花分类").and.to.contain("emoji 🌷 model");
    const created = columnStarts(head, "CREATED");
    for (const row of rows) expect(columnStarts(row, row.match(/\d{4}-\d\d-\d\d /)?.[0] ?? "?"), row).to.equal(created);
  });

  it("cannot command the terminal", async () => {
    const nasty = "\u001b]0;owned\u0007\u001b[31mred\u202etxt\u0000\r\u200b";
    await connection.models.createModel({
      model: {
        name: "models/nasty",
        author: nasty,
        description: `first\n${nasty}`,
        tags: { key: nasty },
        labels: [nasty],
      },
    });
    for (const words of [
      ["models", "list"],
      ["models", "show", "nasty"],
    ]) {
      const { stdout } = await server.run(words);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that do harm.
      expect(stdout, words.join(" ")).not.to.match(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e]/);
      expect(stdout, words.join(" ")).to.contain("\\u{1b}[31mred\\u{202e}txt\\u{0}\\u{d}\\u{200b}");
    }
  });

  it("ends quietly when a reader has seen enough", async () => {
    const description = "x".repeat(60_000);
    for (let n = 0; n < 6; n += 1)
      await connection.models.createModel({ model: { name: `models/long ${n}`, description } });
    const script = `"$1" "$2" models list -o json | head -n 1; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = await execute("bash", ["-c", script, "bash", process.execPath, BIN], {
      env: { ...process.env, SLIPWAY_URL: server.url },
    });
    expect({ stdout, stderr }).to.deep.equal({ stdout: "{\n0\n", stderr: "" });
  });
});

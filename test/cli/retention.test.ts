import { fileURLToPath } from "node:url";
import { type Connection, connect } from "@slipway/client";
import { until } from "@slipway/runtime/testing";
import { expect } from "chai";
import { SlipwayProcess } from "../support/slipway-process.ts";

const iris = fileURLToPath(new URL("../../examples/iris", import.meta.url));
const float64 = fileURLToPath(new URL("../../examples/iris-float64", import.meta.url));

describe("slipway retention", function () {
  this.timeout(90_000);
  let server: SlipwayProcess;
  let connection: Connection;

  before(async () => {
    server = await SlipwayProcess.start();
    connection = connect({ url: server.url });
    for (const path of [float64, iris, iris]) await run("push", path, "-m", "iris", "--force");
  });
  after(async () => {
    connection?.close();
    await server?.remove();
  });

  const run = (...words: string[]) => server.run(words);
  const policy = ["--keep-last", "1", "--keep-stage", "production"];

  it("says what is wrong with a policy, and keeps everything without one", async () => {
    for (const words of [
      ["set", "iris"],
      ["set", "iris", "--keep-last", "1"],
      ["set", "iris", ...policy, "--off"],
      ["set", "iris", "--keep-last", "one", "--keep-stage", "production"],
      ["preview", "iris", "--keep-days", "3"],
    ]) {
      expect(await run("retention", ...words), words.join(" ")).to.include({ code: 2, stdout: "" });
    }
    expect((await run("retention", "show", "iris")).stdout).to.equal("All versions of iris stay.\n");
    expect((await run("retention", "preview", "iris")).stderr).to.contain("RETENTION_MISSING");
    expect((await run("retention", "show", "nobody")).code).to.equal(4);
    const refused = await run("retention", "set", "iris", "--keep-last", "5000", "--keep-stage", "production");
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.contain("REQUEST_INVALID");
  });

  it("previews, applies, and releases the artifacts of what is purged", async () => {
    const words = ["retention", "preview", "iris", ...policy];
    const { decisions } = await server.json<{ decisions: { version: string; outcome: string }[] }>(words);
    expect(decisions.map(({ version, outcome }) => `${version.split("/").at(-1)} ${outcome}`)).to.deep.equal([
      "2.0.1 RETENTION_OUTCOME_KEPT",
      "2.0.0 RETENTION_OUTCOME_DELETED",
      "1.0.0 RETENTION_OUTCOME_DELETED",
    ]);
    const { artifact } = await server.json<{ artifact: string }>(["versions", "show", "iris@1.0.0"]);
    const at = new Date().toISOString();
    const { retention } = await server.json<{ retention: object }>([
      "retention",
      "set",
      "iris",
      ...policy,
      "--grace-days",
      "0",
    ]);
    expect(retention).to.deep.equal({ keepLast: 1, keepStages: ["production"], graceDays: 0 });
    const released = async () => (await connection.artifacts.getArtifact({ name: artifact })).artifact?.expireTime;
    await until("the artifact is released", async () => (await released()) !== undefined);
    const left = await connection.versions.listVersions({ parent: "models/iris", showDeleted: true });
    expect(left.versions.map(({ number }) => number)).to.deep.equal(["2.0.1"]);
    expect((await run("retention", "show", "iris")).stdout).to.contain("purged after  0 days\n");
    const past = (await run("history", "iris", "--at", at)).stdout;
    expect(past).to.match(/^development +iris@2\.0\.1, iris@2\.0\.0 \(purged\), iris@1\.0\.0 \(purged\)$/m);
    expect((await run("history", "iris")).stdout).to.match(/1\.0\.0 ×.* deleted, and purged since$/m);
    expect(await run("reviews", "list", "iris@1.0.0")).to.include({ code: 0, stderr: "" });
    expect((await run("reviews", "list", "iris@9.0.0")).stderr).to.contain("VERSION_NOT_FOUND");
  });
});

import { fileURLToPath } from "node:url";
import type { RunningServer } from "@slipway/rpc";
import { until } from "@slipway/runtime/testing";
import { expect } from "chai";
import { type ComposedServer, startComposed } from "../support/composed-server.ts";
import { runSlipway } from "../support/slipway-process.ts";

const iris = fileURLToPath(new URL("../../examples/iris", import.meta.url));
const HOUR_MS = 60 * 60 * 1000;

describe("slipway gc", function () {
  this.timeout(90_000);
  let laterMs = 0;
  let composed: ComposedServer;
  let listening: RunningServer;

  before(async () => {
    const clock = { nowMs: () => Date.now() + laterMs };
    composed = await startComposed({ settings: { open: true, clock } });
    listening = await composed.listen();
  });
  after(async () => {
    await listening?.close();
    await composed?.stop();
  });

  async function run(...words: string[]): Promise<string> {
    const env = { SLIPWAY_URL: `http://${listening.address}`, NO_COLOR: "1" };
    const { code, stdout, stderr } = await runSlipway(words, { env });
    expect(code, stderr).to.equal(0);
    return stdout.replaceAll(/ +/g, " ");
  }

  it("tells what would come back, removes what is due, and tells what follows", async () => {
    const { artifact } = JSON.parse(await run("push", iris, "-m", "iris", "-o", "json")) as { artifact: string };
    expect(await run("gc", "--dry-run")).to.equal("would go nothing\n");
    await run("models", "delete", "iris", "--purge");
    const { artifacts } = composed.connect();
    await until("the artifact is free", async () => {
      const found = await artifacts.getArtifact({ name: `artifacts/${artifact}` });
      return found.artifact?.expireTime !== undefined;
    });
    expect(await run("gc")).to.equal("removed nothing\nwill follow nothing\n");
    laterMs += 25 * HOUR_MS;
    expect(await run("gc")).to.equal("removed 1 artifact, 0 chunks, 0 B\nwill follow 0 artifacts, 2 chunks, 7.5 KiB\n");
    expect(await run("gc", "--dry-run")).to.equal("would go 0 artifacts, 2 chunks, 7.5 KiB\n");
    laterMs += HOUR_MS;
    expect(await run("gc")).to.equal("removed nothing\nwill follow 0 artifacts, 2 chunks, 7.5 KiB\n");
    laterMs += HOUR_MS;
    const answer = JSON.parse(await run("gc", "-o", "json"));
    expect(answer.removed).to.deep.equal({ artifacts: "0", chunks: "2", bytes: answer.removed.bytes });
    expect(Number(answer.removed.bytes)).to.be.within(7_000, 8_000);
    expect(answer.remaining).to.deep.equal({ artifacts: "0", chunks: "0", bytes: "0" });
  });
});

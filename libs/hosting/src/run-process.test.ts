import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const CHILD = fileURLToPath(new URL("./testing/process-child.ts", import.meta.url));

/** Runs the child, sends SIGTERM when it runs, and tells how it ended. */
async function run(mode: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [CHILD, mode]);
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    if (text.includes("running")) child.kill("SIGTERM");
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}

describe("a process that is a server", () => {
  it("ends when it is told to, after everything was closed, whatever handle was forgotten", async () => {
    expect(await run("serve")).to.deep.equal({ code: 0, stdout: "running\nclosed\n", stderr: "" });
  });

  it("ends with 1 and the reason, where something does not close", async () => {
    const { code, stderr } = await run("fail");
    expect(code).to.equal(1);
    expect(stderr).to.match(/not everything ended well/);
  });

  it("says why it cannot start", async () => {
    const { code, stdout, stderr } = await run("refuse");
    expect([code, stdout]).to.deep.equal([1, ""]);
    expect(stderr).to.equal("error: The configuration is wrong:\n  SLIPWAY_LOG: no\n");
  });
});

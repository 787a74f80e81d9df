import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
const LOOK_EVERY_MS = 20;

/** The command line of a process; empty once it has ended. */
async function commandOf(pid: number): Promise<string> {
  return readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
}

async function childrenOf({ pid }: ChildProcess): Promise<number[]> {
  const pids = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  return pids.trim().split(" ").map(Number);
}

describe("npm run bench", function () {
  this.timeout(60_000);

  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "slipway-bench-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    it(`leaves no server behind when ${signal} ends it in the middle`, async () => {
      const main = spawn(process.execPath, [MAIN, "--quick", "reads"], {
        stdio: ["ignore", "ignore", "pipe"],
        env: { ...process.env, TMPDIR: folder },
      });
      const ended = once(main, "exit");
      let told = "";
      for await (const text of main.stderr.setEncoding("utf8")) {
        told += text;
        // Both servers run by then.
        if (told.includes("reads: makes 20 models")) break;
      }
      const servers = await childrenOf(main);
      const commands = await Promise.all(servers.map(commandOf));
      expect(commands.filter((command) => /echo-server|slipway\.js/.test(command))).to.have.length(2);
      main.kill(signal);
      await ended;
      for (const pid of servers) while ((await commandOf(pid)) !== "") await pause(LOOK_EVERY_MS);
    });
  }

  it("names the benchmarks in its help, and refuses others", async () => {
    const outcome = async (...words: string[]) => {
      const main = spawn(process.execPath, [MAIN, ...words], { stdio: ["ignore", "pipe", "pipe"] });
      let output = "";
      for (const stream of [main.stdout, main.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
          output += text;
        });
      }
      const [code] = (await once(main, "close")) as [number];
      return { code, output };
    };
    const help = await outcome("--help");
    expect(help.code).to.equal(0);
    expect(help.output)
      .to.match(/^Usage: npm run bench .*\n {2}reads +\S/s)
      .and.to.contain("--quick");
    const refused = await outcome("speed");
    expect(refused.code).to.equal(2);
    expect(refused.output).to.match(/^error: no benchmark speed\n/);
  });
});

import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { type Connection, connect } from "@slipway/client";
import { expect } from "chai";
import { SlipwayProcess } from "../support/slipway-process.ts";
import { SlowNetwork } from "./slow-network.ts";
import { TmuxTerminal } from "./tmux-terminal.ts";

const IRIS = fileURLToPath(new URL("../../examples/iris", import.meta.url));
// biome-ignore lint/suspicious/noControlCharactersInRegex: looks for colours and other sequences.
const ESCAPES = /\x1b/;
const MIB = 1024 * 1024;
const BIG_BYTES = 24 * MIB;
const SLOW = 8 * MIB;

describe("slipway on a terminal", function () {
  this.timeout(60_000);
  let server: SlipwayProcess;
  let network: SlowNetwork;
  let connection: Connection;
  let terminal: TmuxTerminal;
  let folder: string;

  before(async function () {
    if (!(await TmuxTerminal.isInstalled())) {
      console.log("    skipped: tmux is not installed");
      this.skip();
    }
    folder = await mkdtemp(join(tmpdir(), "slipway-cli-"));
    await mkdir(join(folder, "big"));
    await writeFile(join(folder, "big", "weights.bin"), randomBytes(BIG_BYTES));
    server = await SlipwayProcess.start();
    network = await SlowNetwork.to(server.url);
    connection = connect({ url: server.url });
    const env = { SLIPWAY_URL: network.url, SLIPWAY_HOME: join(folder, "home") };
    terminal = await TmuxTerminal.open({ columns: 100, cwd: folder, env });
  });
  after(async () => {
    await terminal?.close();
    connection?.close();
    network?.close();
    await server?.remove();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });
  afterEach(() => {
    network.bytesPerSecond = 0;
  });

  it("shows a bar with rate and time left, in one line that is drawn again", async () => {
    network.bytesPerSecond = SLOW;
    const pushed = await terminal.run("slipway push big -m bar");
    expect(pushed.code).to.equal(0);
    const drawn = stripVTControlCharacters(pushed.output.replaceAll("\r\x1b[2K", "\n")).split("\n");
    const sending = drawn.filter((line) => / Sending /.test(line));
    expect(sending.length).to.be.at.least(5);
    for (const line of sending.slice(0, -1)) {
      expect(line).to.match(/^█*░* Sending \d+% of 24\.0 MiB, [\d.]+ [KM]iB\/s, (\d+ min )?\d+ s left$/);
    }
    expect(sending.at(-1)).to.match(/^█{24} Sending 100% of 24\.0 MiB, [\d.]+ [KM]iB\/s$/);
    expect(await terminal.screen()).to.match(/\n█{24} Sending 100% .*\nbar 1\.0\.0 PUBLISHED\nnumber /);

    const pulled = await terminal.run("slipway pull bar --to pulled");
    expect(pulled.code).to.equal(0);
    expect(stripVTControlCharacters(pulled.output)).to.match(
      / Receiving \d+% of 24\.0 MiB, [\d.]+ [KM]iB\/s, (\d+ min )?\d+ s left/,
    );
  });

  it("stops at ctrl-C in the middle of a push, which the next one continues", async () => {
    await writeFile(join(folder, "big", "weights.bin"), randomBytes(BIG_BYTES));
    network.bytesPerSecond = SLOW;
    await terminal.start('clear; slipway push big -m cut; echo "exit code $?"');
    await terminal.until(() => terminal.screen(), /Sending [5-9]\d% of 24\.0 MiB/);
    await terminal.press("C-c");
    const screen = await terminal.until(() => terminal.screen(), /exit code 130/);
    expect(screen).to.match(
      /░* Sending \d+% of .* left\^C\nInterrupted\. Run the same command again to go on where it was\.\nexit code 130\n/,
    );
    const listed = await connection.models.listModels({ filter: "name = cut" });
    expect(listed.models).to.deep.equal([]);

    network.bytesPerSecond = 0;
    const { code, output } = await terminal.run("slipway push big -m cut -o json");
    expect(code).to.equal(0);
    const answer = JSON.parse(output) as { state: string; uploadedBytes: number };
    expect(answer.state).to.equal("PUBLISHED");
    expect(answer.uploadedBytes).to.be.above(0).and.below(BIG_BYTES);
  });

  it("stops at ctrl-C in the middle of a pull, which the next one continues", async () => {
    await terminal.run("slipway push big -m half");
    network.bytesPerSecond = SLOW;
    await terminal.start('clear; slipway pull half --to half; echo "exit code $?"');
    await terminal.until(() => terminal.screen(), /Receiving [3-9]\d% of 24\.0 MiB/);
    await terminal.press("C-c");
    await terminal.until(() => terminal.screen(), /\nInterrupted\. Run the same command again.*\nexit code 130\n/);
    expect(await readdir(join(folder, "half"))).to.deep.equal([".slipway-partial"]);
    network.bytesPerSecond = 0;
    const { output } = await terminal.run("slipway pull half --to half -o json");
    const { downloadedBytes, reusedBytes } = JSON.parse(output) as { downloadedBytes: number; reusedBytes: number };
    expect(reusedBytes).to.be.above(0);
    expect(downloadedBytes + reusedBytes).to.equal(BIG_BYTES);
    expect(await readdir(join(folder, "half"))).to.deep.equal(["weights.bin"]);
  });

  it("colours what matters, unless NO_COLOR or a dumb terminal asks for none", async () => {
    const bold = "\x1b[1mMODEL\x1b[22m";
    expect((await terminal.run("slipway models list")).output).to.contain(bold);
    for (const setting of ["NO_COLOR=1", "TERM=dumb"]) {
      const listed = await terminal.run(`${setting} slipway models list`);
      expect(listed.output, setting).to.contain("MODEL");
      expect(listed.output, setting).not.to.match(ESCAPES);
      expect((await terminal.run(`${setting} slipway models show nope`)).output, setting).to.match(
        /^error: There is no models\/nope\..*\n {2}\(MODEL_NOT_FOUND\)\n$/s,
      );
    }
    expect((await terminal.run("NO_COLOR= slipway models show nope")).output).to.contain(
      "\x1b[31merror:\x1b[39m There is no",
    );
    expect((await terminal.run("slipway models list | cat")).output).not.to.match(ESCAPES);
  });

  it("breaks long messages between words", async () => {
    const narrow = await TmuxTerminal.open({ columns: 44, cwd: folder, env: { SLIPWAY_URL: server.url } });
    try {
      const { output } = await narrow.run("slipway models show nope");
      expect(stripVTControlCharacters(output)).to.equal(
        "error: There is no models/nope. Check the\nspelling, or list models with `slipway\nmodels list`.\n  (MODEL_NOT_FOUND)\n",
      );
      await writeFile(join(folder, "evil.pkl"), 'cposix\nsystem\n(S"echo pwned"\ntR.');
      const rejected = await narrow.run("slipway push evil.pkl -m evil");
      expect(rejected.code).to.equal(3);
      const lines = stripVTControlCharacters(rejected.output).split("\n");
      const finding = lines.slice(
        lines.findIndex((line) => line.startsWith("  dangerous evil.pkl: ")),
        -1,
      );
      expect(finding.length).to.be.at.least(4);
      for (const line of finding) expect(line.length).to.be.at.most(44);
      expect(finding.at(-1)).to.equal("    (pickle.import.denied)");
    } finally {
      await narrow.close();
    }
  });

  it("says that it waits for events, and ends at ctrl-C without a word", async () => {
    await terminal.start('clear; slipway events watch --after 0; echo "exit code $?"');
    await connection.models.createModel({ model: { name: "models/watched" } });
    await terminal.until(
      () => terminal.screen(),
      /^Waiting for events; ctrl-C ends\.\n.*slipway\.model\.created .*\/watched by/s,
    );
    await terminal.press("C-c");
    expect(await terminal.until(() => terminal.screen(), /exit code 130/)).to.match(
      /by users\/local\n\^C\nexit code 130\n/,
    );
  });

  it("serves until ctrl-C, and says at once what to try", async () => {
    const home = join(folder, "served");
    await terminal.start(`clear; SLIPWAY_HOME=${home} SLIPWAY_LISTEN=127.0.0.1:0 slipway serve; echo "exit code $?"`);
    const screen = await terminal.until(() => terminal.screen(), /npx slipway push/);
    expect(screen).to.match(
      /Slipway 0\.1\.0 is ready\.\n {2}address {2}http:\S+ \(gRPC\)\n {2}data {5}\S+\n {2}access {3}open: /,
    );
    const url = /http:\S+/.exec(screen)?.[0] ?? "";
    const { code } = await server.run(["push", IRIS, "-m", "served", "--url", url], {
      env: { SLIPWAY_HOME: join(folder, "home") },
    });
    expect(code).to.equal(0);
    await terminal.press("C-c");
    await terminal.until(() => terminal.screen(), /exit code 0/);
  });
});

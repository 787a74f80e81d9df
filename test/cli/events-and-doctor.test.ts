import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { SlipwayProcess } from "../support/slipway-process.ts";
import { FollowedCommand } from "./followed-command.ts";

const IRIS = fileURLToPath(new URL("../../examples/iris", import.meta.url));

describe("slipway events and doctor", function () {
  this.timeout(60_000);
  let server: SlipwayProcess;
  let folder: string;

  before(async () => {
    server = await SlipwayProcess.start();
    folder = await mkdtemp(join(tmpdir(), "slipway-cli-"));
  });
  after(async () => {
    await server?.remove();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  const environment = () => ({ SLIPWAY_HOME: join(folder, "home") });
  const run = (...words: string[]) => server.run(words, { cwd: folder, env: environment() });
  const json = <Answer>(...words: string[]) => server.json<Answer>(words, { cwd: folder, env: environment() });
  const pushes = (model: string) => json<{ state: string }>("push", IRIS, "-m", model, "--force");

  it("events watch --once shows what has happened, and ends", async () => {
    await pushes("past");
    const { code, stdout } = await run("events", "watch", "--once", "--type", "slipway.version.published");
    expect(code).to.equal(0);
    for (const line of stdout.trimEnd().split("\n")) {
      expect(line).to.match(/^\d+ \S+ \S+Z slipway\.version\.published tenants\/default\/models\/\S+ by users\/local$/);
    }
    expect(stdout).to.contain("models/past/versions/1.0.0");
    const position = /^(\d+) .*models\/past\//m.exec(stdout)?.[1] ?? "";
    const after = await run(
      "events",
      "watch",
      "--once",
      "--after",
      String(Number(position) - 1),
      "--type",
      "slipway.version.published",
      "-o",
      "json",
    );
    const [first] = after.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(first).to.include({ position, type: "slipway.version.published", actor: "users/local" });
    const runEvents = await run("events", "watch", "--once", "--service", "workflow", "--type", "slipway.run.created");
    expect(runEvents.stdout).to.contain("slipway.run.created tenants/default/runs/");
  });

  it("events watch says in words what a type looks like", async () => {
    const { code, stdout, stderr } = await run("events", "watch", "--type", "nonsense");
    expect({ code, stdout }).to.deep.equal({ code: 1, stdout: "" });
    expect(stderr)
      .to.contain("types[0] is not a type of event, which looks like slipway.version.created")
      .and.not.to.match(/regex|[\^$]/);
  });

  it("events watch shows what happens now, until ctrl-C", async () => {
    const watching = new FollowedCommand(["events", "watch", "--type", "slipway.model.created"], {
      cwd: folder,
      env: { SLIPWAY_URL: server.url, ...environment() },
    });
    // Nothing tells from outside when the watch has begun: models are made until it shows one.
    let made = 0;
    const shown = watching.until(
      /^\d+ \S+ \S+Z slipway\.model\.created tenants\/default\/models\/now-\d+ by users\/local\n/,
    );
    let seen = false;
    const done = shown.then(() => {
      seen = true;
    });
    while (!seen) {
      made += 1;
      await pushes(`now-${made}`);
    }
    await done;
    watching.interrupt();
    const { code, output } = await watching.ended;
    expect(code).to.equal(130);
    expect(output).not.to.contain("nterrupted");
  });

  it("doctor checks the machine and the server, and says what to do", async () => {
    const well = await run("doctor");
    expect(well.code).to.equal(0);
    expect(well.stdout).to.match(
      /^ok {2}state folder: \S+\nok {2}server: http:\S+ answers in \d+ ms\nok {2}version: 0\.1\.0\nok {2}access: users\/local in tenants\/default \(open mode\)\n$/,
    );
    const { healthy, checks } = await json<{ healthy: boolean; checks: { name: string }[] }>("doctor");
    expect(healthy).to.equal(true);
    expect(checks.map(({ name }) => name)).to.deep.equal(["state folder", "server", "version", "access"]);

    const away = await server.run(["doctor", "--url", "http://127.0.0.1:1"], { env: environment() });
    expect(away.code).to.equal(1);
    expect(away.stdout).to.match(
      /\nbad server: No server answers at http:\/\/127\.0\.0\.1:1\. Check SLIPWAY_URL, and that `slipway serve` runs there\.\n$/,
    );
    await writeFile(join(folder, "a-file"), "");
    const stateless = await server.run(["doctor"], { env: { SLIPWAY_HOME: join(folder, "a-file") } });
    expect(stateless.code).to.equal(1);
    expect(stateless.stdout).to.match(
      /^bad state folder: \S+ cannot be written \(ENOTDIR\)\. Set SLIPWAY_HOME to a folder of yours\.\n/,
    );
  });

  it("every command says where no server answers, and ends with 6", async () => {
    for (const words of [
      ["push", IRIS, "-m", "x"],
      ["pull", "iris"],
      ["events", "watch"],
    ]) {
      const { code, stdout, stderr } = await server.run([...words, "--url", "http://127.0.0.1:1"], {
        env: environment(),
      });
      expect({ code, stdout }, words.join(" ")).to.deep.equal({ code: 6, stdout: "" });
      expect(stderr, words.join(" ")).to.equal(
        "error: No server answers at http://127.0.0.1:1. Check SLIPWAY_URL, and that `slipway serve` runs there.\n  (SERVER_UNREACHABLE)\n",
      );
    }
  });
});

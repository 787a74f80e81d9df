import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Connection, connect } from "@slipway/client";
import { Role } from "@slipway/gen/slipway/access/v1/rule_pb.js";
import { RpcError } from "@slipway/rpc";
import { expect } from "chai";
import { type CommandResult, SlipwayProcess } from "../support/slipway-process.ts";
import { climbingZip, commandPickle, corruptedOnnx, hugeHeader, loopingPickle, zipBomb } from "./hostile-bytes.ts";
import { digestsOf, writeModelFolder } from "./model-folder.ts";

interface Hostile {
  what: string;
  model: string;
  file: string;
  bytes(): Buffer | Promise<Buffer>;
  /** What is found worst; absent where the file is harmless to those who load it, and only hard to read. */
  rule?: string;
}

const hostile: Hostile[] = [
  {
    what: "a header of 10 GB",
    model: "header",
    file: "model.safetensors",
    bytes: hugeHeader,
    rule: "safetensors.header-size",
  },
  { what: "a zip bomb", model: "bomb", file: "weights.npz", bytes: zipBomb, rule: "compression.bomb" },
  { what: "a zip that climbs out", model: "climbing", file: "model.zip", bytes: climbingZip, rule: "archive.name" },
  {
    what: "a pickle that runs a command",
    model: "command",
    file: "model.pkl",
    bytes: commandPickle,
    rule: "pickle.import.denied",
  },
  {
    what: "a corrupted ONNX model",
    model: "corrupted",
    file: "model.onnx",
    bytes: corruptedOnnx,
    rule: "onnx.malformed",
  },
  { what: "a pickle that keeps its reader busy", model: "busy", file: "model.pkl", bytes: loopingPickle },
];

interface Pushed {
  state: string;
  findings: { rule: string; path: string; severity: string }[];
}

describe("hostile files, pushed all at once", () => {
  let folder: string;
  let server: SlipwayProcess;
  let admin: Connection;
  const keys = { viewer: "", contributor: "", admin: "" };
  const results = new Map<string, CommandResult>();
  let answers = 0;

  before(async function () {
    this.timeout(120_000);
    folder = await mkdtemp(join(tmpdir(), "slipway-hostile-"));
    server = await SlipwayProcess.start({ env: { SLIPWAY_AUTH: "keys" } });
    keys.admin = (await readFile(join(server.home, "data", "bootstrap-key"), "utf8")).trim();
    admin = connect({ url: server.url, key: keys.admin });
    for (const [name, role] of [
      ["viewer", Role.VIEWER],
      ["contributor", Role.CONTRIBUTOR],
    ] as const) {
      const principal = `users/${name}`;
      await admin.access.createPrincipal({ principal: { name: principal } });
      keys[name] = (await admin.access.createKey({ principal, role })).secret;
    }
    await writeModelFolder(join(folder, "good"), "good", 64 * 1024);
    const good = await run("contributor", ["push", join(folder, "good"), "--model", "good"]);
    expect(good.code, good.stderr).to.equal(0);

    const pushes = hostile.map(async ({ model, file, bytes }) => {
      await mkdir(join(folder, model));
      await writeFile(join(folder, model, file), await bytes());
      results.set(model, await run("contributor", ["push", join(folder, model), "--model", model]));
    });
    const pushed = Promise.all(pushes).then(() => true);
    // Each has to come while the server reads what was pushed; one that hangs fails.
    while (!(await Promise.race([pushed, answered()]))) answers += 1;
  });
  after(async () => {
    admin.close();
    await server.remove();
    await rm(folder, { recursive: true, force: true });
  });

  function run(role: keyof typeof keys, command: string[]): Promise<CommandResult> {
    const env = { SLIPWAY_KEY: keys[role], SLIPWAY_HOME: join(folder, "client", role) };
    return server.run([...command, "-o", "json"], { env });
  }

  async function answered(): Promise<false> {
    const { version } = await admin.versions.getVersion({ name: "models/good/versions/1.0.0" }, { timeoutMs: 10_000 });
    expect(version?.number).to.equal("1.0.0");
    return false;
  }

  it("answers others all the time, and lives", async () => {
    expect(answers).to.be.greaterThan(0);
    expect(server.child.exitCode, server.log()).to.equal(null);
    await writeFile(join(folder, "good", "README.md"), "# another one\n");
    const { code, stderr } = await run("contributor", ["push", join(folder, "good"), "--model", "good"]);
    expect(code, stderr).to.equal(0);
  });

  for (const { what, model, file, rule } of hostile) {
    if (rule === undefined) {
      it(`decides on ${what}`, () => {
        const { code, stdout, stderr } = results.get(model) as CommandResult;
        expect(code, stderr).to.equal(0);
        expect((JSON.parse(stdout) as Pushed).state).to.equal("PUBLISHED");
      });
      continue;
    }
    it(`rejects ${what}`, () => {
      const { code, stdout, stderr } = results.get(model) as CommandResult;
      expect(code, stderr).to.equal(3);
      const { state, findings } = JSON.parse(stdout) as Pushed;
      expect(state).to.equal("REJECTED");
      const worst = findings.filter(({ severity }) => severity === "DANGEROUS");
      expect(worst.map(({ rule: id }) => id)).to.include(rule);
      for (const { path } of worst) expect(path.startsWith(file), path).to.equal(true);
    });

    it(`gives ${what} to nobody but an administrator who asks for it`, async () => {
      const { version } = await admin.versions.getVersion({ name: `models/${model}/versions/1.0.0` });
      const artifact = version?.artifact ?? "";
      expect(await download("viewer", { artifact, path: file, allowDangerous: true })).to.equal("VERSION_QUARANTINED");
      expect(await download("contributor", { artifact, path: file, allowDangerous: true })).to.equal(
        "VERSION_QUARANTINED",
      );
      expect(await download("admin", { artifact, path: file, allowDangerous: false })).to.equal("VERSION_QUARANTINED");
      const bytes = await download("admin", { artifact, path: file, allowDangerous: true });
      expect(Buffer.compare(await readFile(join(folder, model, file)), bytes as Buffer)).to.equal(0);
    });
  }

  /** What a role gets: bytes, or the reason why not. */
  async function download(
    role: keyof typeof keys,
    request: { artifact: string; path: string; allowDangerous: boolean },
  ): Promise<Buffer | string> {
    const connection = connect({ url: server.url, key: keys[role] });
    try {
      const pieces = await Array.fromAsync(connection.artifacts.downloadFile(request), ({ data }) => data);
      return Buffer.concat(pieces);
    } catch (error) {
      if (error instanceof RpcError) return error.reason;
      throw error;
    } finally {
      connection.close();
    }
  }

  it("says so to those who pull it", async () => {
    const destination = join(folder, "pulled");
    const pull = ["pull", "command@1.0.0", "--to", destination];
    expect((await run("viewer", pull)).code, "a viewer does not learn that it exists").to.equal(4);
    for (const role of ["contributor", "admin"] as const) {
      const refused = await run(role, pull);
      expect(refused.code, role).to.equal(5);
      expect(refused.stderr, role).to.include("quarantined. An administrator can download it with an explicit flag.");
    }
    expect((await run("contributor", [...pull, "--allow-dangerous"])).code).to.equal(5);
    const allowed = await run("admin", [...pull, "--allow-dangerous"]);
    expect(allowed.code, allowed.stderr).to.equal(0);
    expect(await digestsOf(destination)).to.deep.equal(await digestsOf(join(folder, "command")));
  });
});

import { execFile } from "node:child_process";
import { appendFile, cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { EXIT } from "@slipway/cli";
import { expect } from "chai";
import { CONTAINERS, ComposeProject, ROOT } from "./compose-project.ts";

/** Room for a build on a machine that has none of the layers. */
const BUILD_TIMEOUT_MS = 900_000;
const STEP_TIMEOUT_MS = 240_000;

/** What `push -o json` prints, as far as tests ask. */
interface Pushed {
  version: string;
  state: string;
}

async function filesOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).sort();
  const texts = names.map(async (name) => [name, await readFile(join(folder, name), "base64")] as const);
  return Object.fromEntries(await Promise.all(texts));
}

describe("docker-compose.yml", function () {
  this.timeout(STEP_TIMEOUT_MS);
  this.bail(true);
  let project: ComposeProject;
  let work: string;
  let volumesBefore: string[];
  let key: string;

  const slipway = async (...args: string[]): Promise<string> => {
    const url = `http://127.0.0.1:${project.ports.metadata}`;
    const env = { ...project.environment, SLIPWAY_URL: url, SLIPWAY_KEY: key, SLIPWAY_HOME: join(work, "home") };
    const bin = join(ROOT, "services/standalone/bin/slipway.js");
    return (await promisify(execFile)(process.execPath, [bin, ...args], { cwd: work, env })).stdout;
  };
  const pullsWhatWasPushed = async (version: string, source: string): Promise<void> => {
    const target = join(work, `pulled-${version}`);
    await rm(target, { recursive: true, force: true });
    await slipway("pull", `iris@${version}`, "--to", target);
    expect(await filesOf(target)).to.deep.equal(await filesOf(source));
  };
  const pushes = async (): Promise<Pushed> =>
    JSON.parse(await slipway("push", join(work, "iris"), "--model", "iris", "-o", "json")) as Pushed;
  /** A version with other bytes than any before; `disturb` happens between the change and the push. */
  const publishes = async (change: string, disturb: () => Promise<void> = async () => undefined): Promise<string> => {
    await appendFile(join(work, "iris", "README.md"), `${change}\n`);
    await disturb();
    const { version, state } = await pushes();
    expect(state).to.equal("PUBLISHED");
    await pullsWhatWasPushed(version, join(work, "iris"));
    return version;
  };
  const readKey = async () => {
    key = (await project.execute("metadata", "cat", "/secrets/slipway/bootstrap-key")).trim();
  };

  before(async () => {
    project = await ComposeProject.create("stack");
    work = await mkdtemp(join(tmpdir(), "slipway-compose-"));
    await cp(join(ROOT, "examples/iris"), join(work, "iris"), { recursive: true });
    volumesBefore = await project.volumes();
  });
  after(async () => {
    await project.remove();
    await rm(work, { recursive: true, force: true });
  });

  it("builds one image for all services", async function () {
    this.timeout(BUILD_TIMEOUT_MS);
    const startMs = performance.now();
    await project.compose("build", "--quiet");
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    const image = project.environment.SLIPWAY_IMAGE as string;
    const size = Number(await project.docker("image", "inspect", "--format", "{{.Size}}", image));
    console.log(`      built in ${seconds} s, ${Math.round(size / 1e6)} MB`);
    const labels = await project.docker("image", "inspect", "--format", "{{json .Config.Labels}}", image);
    expect(JSON.parse(labels)).to.include({ "org.opencontainers.image.title": "Slipway" });
  });

  it("is healthy after one command", async () => {
    const startMs = performance.now();
    await project.up();
    console.log(`      healthy after ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
    await readKey();
  });

  it("publishes what is pushed, and gives it back byte for byte", async () => {
    expect(await publishes("first")).to.equal("1.0.0");
  });

  it("asks for a key", async () => {
    const right = key;
    key = `${right.slice(0, -3)}AAA`;
    const refusal = await slipway("models", "list").catch((error: Error) => error.message);
    key = right;
    expect(refusal).to.match(/key/i);
  });

  it("makes secrets that nobody reads but the one they are for", async () => {
    const refused = await project.execute("metadata", "cat", "/secrets/mongo/keyfile").catch((error: Error) => error);
    expect((refused as Error).message).to.contain("Permission denied");
    const listing = await project.execute("metadata", "sh", "-c", "stat -c '%a %u %n' /secrets/seed /secrets/*/*");
    for (const line of listing.trim().split("\n")) expect(line).to.match(/^400 (0 \/secrets\/seed|\d{3,4} )/);
    expect(listing.trim().split("\n").length).to.be.greaterThan(10);
  });

  it("keeps the names of objects through a power cut, or says that the file system cannot", async () => {
    const image = project.environment.SLIPWAY_IMAGE as string;
    const volume = `${project.name}_minio-data:/data:ro`;
    const look = ["--entrypoint", "lsattr", "--user", "0", "--volume", volume, image, "-d", "/data"];
    const [attributes = ""] = (await project.docker("run", "--rm", ...look)).split(" ");
    const said = (await project.compose("logs", "secrets")).includes("a power cut could take the names");
    expect(attributes.includes("D")).to.equal(!said);
  });

  for (const name of CONTAINERS) {
    it(`lets ${name} do nothing but its work`, async () => {
      const { HostConfig, NetworkSettings } = await project.inspect(name);
      expect(HostConfig).to.deep.include({ ReadonlyRootfs: true, CapDrop: ["ALL"] });
      expect(HostConfig.SecurityOpt).to.include("no-new-privileges:true");
      expect(HostConfig.Memory).to.be.greaterThan(0);
      const status = await project.execute(name, "cat", "/proc/1/status");
      expect(status)
        .to.match(/^CapEff:\s+0+$/m)
        .and.match(/^NoNewPrivs:\s+1$/m)
        .and.not.match(/^Uid:.*\b0\b/m);
      const published = Object.values(NetworkSettings.Ports).flatMap((bindings) => bindings ?? []);
      expect(published.map(({ HostIp }) => HostIp)).to.deep.equal(name in project.ports ? ["127.0.0.1"] : []);
    });
  }

  for (const name of CONTAINERS) {
    it(`goes on after kill -9 of ${name}, also what was pushed meanwhile`, async () => {
      await publishes(`when ${name} died`, async () => {
        const before = await project.killProcess(name);
        // It may have come back in time; else the same command completes later.
        await pushes().catch((error: { code: number }) => expect(error.code, String(error)).to.equal(EXIT.UNREACHABLE));
        await project.recovered(name, before);
      });
      await publishes(`after ${name} died`);
    });
  }

  it("has everything again after down and up, also where a crash has left out secrets", async () => {
    const listed = await slipway("versions", "list", "iris", "-o", "json");
    const keyBefore = key;
    await project.compose("down");
    const lost = ["/secrets/slipway/service-key", "/secrets/slipway/bootstrap-key", "/secrets/nats/authorization.conf"];
    await project.compose("run", "--rm", "-T", "--entrypoint", "rm", "secrets", ...lost);
    await project.up();
    await readKey();
    expect(key).to.equal(keyBefore);
    expect(await slipway("versions", "list", "iris", "-o", "json")).to.equal(listed);
    await publishes("after down and up");
  });

  it("leaves nothing after down --volumes", async () => {
    await project.compose("down", "--volumes");
    expect(await project.leftovers()).to.deep.equal([]);
    expect(await project.volumes()).to.have.members(volumesBefore);
  });
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type Pushed, writeNewModel } from "../support/push-and-pull.ts";
import { sharedEngines } from "../support/shared-engines.ts";
import { SlipwayProcess } from "../support/slipway-process.ts";

describe("All services in one process, on MongoDB, S3 and NATS", function () {
  this.timeout(120_000);
  const servers: SlipwayProcess[] = [];
  let work: string;

  before(async () => {
    work = await mkdtemp(join(tmpdir(), "slipway-shared-"));
  });
  after(async () => {
    for (const server of servers) await server.remove();
    await rm(work, { recursive: true, force: true });
  });

  async function start(env: Record<string, string>): Promise<SlipwayProcess> {
    const server = await SlipwayProcess.start({ env });
    servers.push(server);
    return server;
  }

  it("publishes, and another one on the same databases has the version", async () => {
    const env = sharedEngines();
    const [first, second] = await Promise.all([start(env), start(env)]);
    const pushed = await first.json<Pushed>(["push", await writeNewModel(work), "--model", "iris"]);
    expect(pushed.state).to.equal("PUBLISHED");
    const there = await second.json<{ version: string }>(["push", await writeNewModel(work), "--model", "iris"]);
    expect([pushed.version, there.version]).to.deep.equal(["1.0.0", "1.0.1"]);
    expect(await first.stop()).to.equal(0);
    const { code } = await second.run(["pull", "iris@1.0.0", "--to", join(work, "pulled")]);
    expect(code).to.equal(0);
    expect(await second.stop()).to.equal(0);
  });

  it("listens while its database is away, and says so", async () => {
    const server = await start({
      ...sharedEngines(),
      SLIPWAY_DOCUMENTS: "mongodb://127.0.0.1:1/absent?replicaSet=rs0",
      SLIPWAY_HEALTH_LISTEN: "127.0.0.1:0",
    });
    expect(server.greeting())
      .to.match(/will be ready when nothing is missing/)
      .and.match(/waits {4}MongoDB at 127.0.0.1:1/);
    const { code, stderr } = await server.run(["models", "list"]);
    expect(code).to.equal(6);
    expect(stderr).to.match(/DEPENDENCY_UNAVAILABLE/);
    expect(await server.stop()).to.equal(0);
  });
});

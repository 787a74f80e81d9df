import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@slipway/client";
import type { ServiceName } from "@slipway/runtime";
import { until } from "@slipway/runtime/testing";
import { expect } from "chai";
import { minioCredentials, minioUrl, startMinio } from "../real/servers/minio-server.ts";
import { mongoUrl, startMongo } from "../real/servers/mongo-server.ts";
import { natsUrl, startNats } from "../real/servers/nats-server.ts";
import type { RealServer } from "../real/servers/real-server.ts";
import { untilMissing, untilServing } from "../support/health-words.ts";
import { startPathRouter } from "../support/path-router.ts";
import { pushAndPull, writeNewModel } from "../support/push-and-pull.ts";
import { type ServiceProcess, SplitServer } from "../support/split-server.ts";

interface CreatedKey {
  key: { name: string };
  secret: string;
}

describe("Three services in processes of their own, on MongoDB, S3 and NATS", function () {
  this.timeout(240_000);
  let backends: Record<"mongo" | "minio" | "nats", RealServer>;
  let split: SplitServer;
  let services: Record<ServiceName, ServiceProcess>;
  let work: string;

  before(async () => {
    work = await mkdtemp(join(tmpdir(), "slipway-processes-"));
    const [mongo, minio, nats] = await Promise.all([startMongo(), startMinio(), startNats()]);
    backends = { mongo, minio, nats };
    split = await SplitServer.prepare({ env: engines() });
  });
  after(async () => {
    await split?.remove();
    await Promise.all(Object.values(backends ?? {}).map((backend) => backend.remove()));
    await rm(work, { recursive: true, force: true });
  });

  function engines(prefix = "split"): Record<string, string> {
    return {
      SLIPWAY_DOCUMENTS: mongoUrl(backends.mongo, prefix),
      SLIPWAY_OBJECTS: minioUrl(backends.minio, prefix),
      SLIPWAY_EVENTS: natsUrl(backends.nats),
      SLIPWAY_S3_ACCESS_KEY: minioCredentials.accessKey,
      SLIPWAY_S3_SECRET_KEY: minioCredentials.secretKey,
    };
  }

  const allServing = () => Promise.all(Object.values(services).map(untilServing));

  it("start before their databases and the last one first, say what is missing, and serve when it is there", async () => {
    await Promise.all(Object.values(backends).map((backend) => backend.stop()));
    services = await split.startAll();
    for (const each of Object.values(services)) {
      const { code, status } = await untilMissing(each, /MongoDB/);
      expect([code, status]).to.deep.equal([503, "NOT_SERVING"]);
      await untilMissing(each, /NATS/);
    }
    await untilMissing(services.artifact, /object store|S3/);
    const { code, stderr } = await split.run(["models", "list"]);
    expect([code, stderr]).to.deep.include(6);
    expect(stderr).to.match(/DEPENDENCY_UNAVAILABLE/);
    await Promise.all(Object.values(backends).map((backend) => backend.start()));
    await allServing();
  });

  it("take a push to a published version, and give it back, to a client that knows metadata only", async () => {
    await pushAndPull(split, work, "iris");
    const connection = connect({ url: split.urls.metadata, key: split.bootstrapKey });
    const { endpoints } = await connection.access.whoAmI({});
    connection.close();
    expect(endpoints).to.deep.include(split.urls);
    const { runs } = await split.json<{ runs: { state: string }[] }>(["runs", "list"]);
    expect(runs.map(({ state }) => state)).to.deep.equal(["RUN_STATE_SUCCEEDED"]);
    for (const service of ["metadata", "artifact", "workflow"]) {
      const watched = await split.run(["events", "watch", "--service", service, "--after", "0", "--once"]);
      expect(watched.stdout).to.match(/slipway\./);
    }
  });

  it("answer behind a router that knows the prefixes of paths only", async () => {
    const elsewhere = "http://registry.example.org";
    const metadata = await split.start("metadata", {
      SLIPWAY_LISTEN: "127.0.0.1:0",
      SLIPWAY_ENDPOINT_METADATA: elsewhere,
      SLIPWAY_ENDPOINT_ARTIFACT: elsewhere,
      SLIPWAY_ENDPOINT_WORKFLOW: elsewhere,
    });
    await untilServing(metadata);
    const router = await startPathRouter({ ...split.urls, metadata: metadata.url });
    await pushAndPull(split, work, "iris", { env: { SLIPWAY_URL: router.url } });
    await Promise.all([router.close(), metadata.stop()]);
  });

  it("refuse keys that metadata does not know, and know when one is revoked", async () => {
    await split.json(["principals", "create", "users/ada"]);
    const { key, secret } = await split.json<CreatedKey>(["keys", "create", "users/ada", "--role", "contributor"]);
    const asAda = { env: { SLIPWAY_KEY: secret } };
    await split.json(["runs", "list"], asAda);
    await split.json(["keys", "revoke", key.name.replace("keys/", "")]);
    const refused = await until("the revocation has arrived", async () => {
      const result = await split.run(["runs", "list"], asAda);
      return result.code !== 0 && result;
    });
    expect(refused.stderr).to.match(/KEY_REVOKED/);
  });

  for (const [backend, words, affected] of [
    ["mongo", /MongoDB/, ["metadata", "artifact", "workflow"]],
    ["minio", /object store|S3/, ["artifact"]],
  ] as const) {
    it(`say that ${backend} is away, fail fast, and resume when it is back`, async () => {
      await backends[backend].stop();
      for (const service of affected) {
        const { code } = await untilMissing(services[service], words);
        expect(code).to.equal(503);
      }
      const { code, stderr } = await split.run(["push", await writeNewModel(work), "--model", "away"]);
      expect(code).to.equal(6);
      expect(stderr).to.match(/DEPENDENCY_UNAVAILABLE/);
      await backends[backend].start();
      await allServing();
      await pushAndPull(split, work, "iris");
      for (const service of affected) {
        const told = services[service].log().match(/cannot serve[^\n]*|[^\n]*cannot serve/g) ?? [];
        expect(told.filter((line) => words.test(line)).length, "said once each time").to.be.lessThan(10);
      }
    });
  }

  it("work without NATS, only later, and say so", async () => {
    await backends.nats.stop();
    await backends.nats.wipe();
    for (const each of Object.values(services)) {
      const { code, status } = await untilMissing(each, /NATS/);
      expect([code, status]).to.deep.equal([200, "DEGRADED"]);
    }
    await pushAndPull(split, work, "iris");
    await backends.nats.start();
    await until("all is well", async () => (await services.workflow.health()).status === "SERVING");
    await pushAndPull(split, work, "iris");
  });

  it("tell clients that metadata is away, not that their key is wrong", async () => {
    await split.json(["principals", "create", "users/bob"]);
    const { secret } = await split.json<CreatedKey>(["keys", "create", "users/bob", "--role", "contributor"]);
    expect(await services.metadata.stop()).to.equal(0);
    const { code } = await untilMissing(services.workflow, /the metadata service does not answer at/);
    expect(code).to.equal(503);
    const { code: exit, stderr } = await split.run(["runs", "list"], {
      env: { SLIPWAY_URL: split.urls.workflow, SLIPWAY_KEY: secret },
    });
    expect(exit).to.equal(6);
    expect(stderr).to.match(/The metadata service cannot be reached/);
    services.metadata = await split.start("metadata");
    await allServing();
  });

  it("say that a service has another service key", async () => {
    const other = await split.start("workflow", {
      SLIPWAY_LISTEN: "127.0.0.1:0",
      SLIPWAY_SERVICE_KEY: "5e".repeat(32),
    });
    const { code } = await untilMissing(other, /metadata service refuses this one: their SLIPWAY_SERVICE_KEY differ/);
    expect(code).to.equal(503);
    expect(await other.stop()).to.equal(0);
  });

  it("end in order", async () => {
    for (const each of Object.values(services)) expect(await each.stop()).to.equal(0);
  });
});

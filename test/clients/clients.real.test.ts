import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "@slipway/runtime/testing";
import { minioCredentials, minioUrl, startMinio } from "../real/servers/minio-server.ts";
import { mongoUrl, startMongo } from "../real/servers/mongo-server.ts";
import { natsUrl, startNats } from "../real/servers/nats-server.ts";
import type { RealServer } from "../real/servers/real-server.ts";
import { type ServiceProcess, SplitServer } from "../support/split-server.ts";
import { buildClient } from "./client-build.ts";
import { LANGUAGES } from "./language.ts";
import { expectWholeStory } from "./whole-story.ts";

describe("A client generated from the contract that knows only where metadata is", () => {
  let folder: string;
  let backends: RealServer[] = [];
  let split: SplitServer;
  let services: ServiceProcess[];

  before(async function () {
    this.timeout(120_000);
    folder = await mkdtemp(join(tmpdir(), "slipway-clients-"));
    const [mongo, minio, nats] = await Promise.all([startMongo(), startMinio(), startNats()]);
    backends = [mongo, minio, nats];
    split = await SplitServer.prepare({
      env: {
        SLIPWAY_DOCUMENTS: mongoUrl(mongo, "clients"),
        SLIPWAY_OBJECTS: minioUrl(minio, "clients"),
        SLIPWAY_EVENTS: natsUrl(nats),
        SLIPWAY_S3_ACCESS_KEY: minioCredentials.accessKey,
        SLIPWAY_S3_SECRET_KEY: minioCredentials.secretKey,
      },
    });
    services = Object.values(await split.startAll());
    for (const service of services) {
      await until(`${service.url} serves`, async () => (await service.health()).status === "SERVING");
    }
  });
  after(async () => {
    await split?.remove();
    await Promise.all(backends.map((backend) => backend.remove()));
    await rm(folder, { recursive: true, force: true });
  });

  for (const language of LANGUAGES) {
    describe(`in ${language.name}`, () => {
      let built: string;
      before(async function () {
        built = await buildClient(language, this);
      });

      it("pushes a file, watches its admission, pulls it and understands errors, with three services", async function () {
        this.timeout(150_000);
        const log = () => services.map((service) => service.log()).join("\n");
        const { urls, bootstrapKey: key } = split;
        await expectWholeStory({ built, url: urls.metadata, key, folder, name: language.name, log });
      });
    });
  }
});

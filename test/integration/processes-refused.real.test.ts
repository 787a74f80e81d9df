import { expect } from "chai";
import { minioCredentials, minioUrl, startMinio } from "../real/servers/minio-server.ts";
import { mongoUrl, startMongo } from "../real/servers/mongo-server.ts";
import { natsUrl, startNats } from "../real/servers/nats-server.ts";
import type { RealServer } from "../real/servers/real-server.ts";
import { untilMissing } from "../support/health-words.ts";
import { type ServiceProcess, SplitServer } from "../support/split-server.ts";

describe("A service whose databases refuse it", function () {
  this.timeout(120_000);
  const started: { remove(): Promise<void> }[] = [];
  after(() => Promise.all(started.splice(0).map((each) => each.remove())));

  async function keep<T extends { remove(): Promise<void> }>(starting: Promise<T>): Promise<T> {
    const each = await starting;
    started.unshift(each);
    return each;
  }

  async function artifactOn(
    mongo: string,
    minio: RealServer,
    nats: string,
    secretKey: string,
  ): Promise<ServiceProcess> {
    const split = await keep(
      SplitServer.prepare({
        env: {
          SLIPWAY_DOCUMENTS: mongo,
          SLIPWAY_OBJECTS: minioUrl(minio, "refused"),
          SLIPWAY_EVENTS: nats,
          SLIPWAY_S3_ACCESS_KEY: minioCredentials.accessKey,
          SLIPWAY_S3_SECRET_KEY: secretKey,
        },
      }),
    );
    return split.start("artifact");
  }

  it("says of each what to do, once in the log, and stays up", async () => {
    const [mongo, minio, nats] = await Promise.all([
      keep(startMongo({ replicaSet: false })),
      keep(startMinio()),
      keep(startNats({ jetStream: false })),
    ]);
    const url = mongoUrl(mongo, "refused", { replicaSet: false });
    const artifact = await artifactOn(url, minio, natsUrl(nats), "a-wrong-secret");
    await untilMissing(artifact, /runs without a replica set.*start mongod with --replSet/);
    await untilMissing(artifact, /JetStream/);
    await untilMissing(artifact, /SLIPWAY_S3_SECRET_KEY/);
    for (const words of [/without a replica set/, /JetStream/, /SLIPWAY_S3_SECRET_KEY/]) {
      const lines = artifact.log().split("\n");
      const told = lines.filter((line) => /cannot serve|serves without/.test(line) && words.test(line));
      expect(told, String(words)).to.have.length(1);
    }
    expect(await artifact.stop()).to.equal(0);
  });

  it("says whose credentials are missing or wrong", async () => {
    const credentials = { user: "slipway", password: "right" };
    const [mongo, minio, nats] = await Promise.all([
      keep(startMongo({ credentials })),
      keep(startMinio()),
      keep(startNats({ credentials })),
    ]);
    for (const given of [undefined, { user: "slipway", password: "wrong" }]) {
      const options = given === undefined ? {} : { credentials: given };
      const artifact = await artifactOn(
        mongoUrl(mongo, "refused", options),
        minio,
        natsUrl(nats, options),
        minioCredentials.secretKey,
      );
      await untilMissing(artifact, /MongoDB.*(credentials|user|password)/i);
      await untilMissing(artifact, /NATS.*(credentials|user|password)/i);
      expect(artifact.log()).to.not.contain("wrong");
      expect(await artifact.stop()).to.equal(0);
    }
  });
});

import type { ServiceName } from "@slipway/runtime";
import { FaultyProxy } from "@slipway/runtime/testing";
import { minioCredentials, minioUrl, startMinio } from "../../real/servers/minio-server.ts";
import { mongoUrl, startMongo } from "../../real/servers/mongo-server.ts";
import { natsUrl, startNats } from "../../real/servers/nats-server.ts";
import type { RealServer } from "../../real/servers/real-server.ts";

const PREFIX = "faults";

/** Servers of a test's own, and the networks through which one service reaches MongoDB and NATS, and artifact the objects. */
export class Backends {
  readonly mongo: RealServer;
  readonly minio: RealServer;
  readonly nats: RealServer;
  readonly networks: Record<"mongo" | "minio" | "nats", FaultyProxy>;

  private constructor(servers: Record<"mongo" | "minio" | "nats", RealServer>, networks: Backends["networks"]) {
    this.mongo = servers.mongo;
    this.minio = servers.minio;
    this.nats = servers.nats;
    this.networks = networks;
  }

  static async start(): Promise<Backends> {
    const [mongo, minio, nats] = await Promise.all([startMongo(), startMinio(), startNats()]);
    const before = ({ port }: RealServer) => FaultyProxy.before({ host: "127.0.0.1", port });
    const networks = { mongo: await before(mongo), minio: await before(minio), nats: await before(nats) };
    return new Backends({ mongo, minio, nats }, networks);
  }

  /** What names them to servers, without a network between. */
  get engines(): Record<string, string> {
    return {
      SLIPWAY_DOCUMENTS: mongoUrl(this.mongo, PREFIX),
      SLIPWAY_OBJECTS: minioUrl(this.minio, PREFIX),
      SLIPWAY_EVENTS: natsUrl(this.nats),
      SLIPWAY_S3_ACCESS_KEY: minioCredentials.accessKey,
      SLIPWAY_S3_SECRET_KEY: minioCredentials.secretKey,
    };
  }

  /** What the services are told where one of them has networks of its own. */
  environments(service: ServiceName): Partial<Record<ServiceName, Record<string, string>>> {
    const { mongo, minio, nats } = this.networks;
    const objects = { SLIPWAY_OBJECTS: through(minio, this.engines.SLIPWAY_OBJECTS) };
    const documents = new URL(through(mongo, this.engines.SLIPWAY_DOCUMENTS));
    // The members of a replica set are known by their own addresses, which lead past the network.
    documents.searchParams.set("directConnection", "true");
    const own = { SLIPWAY_DOCUMENTS: documents.href, SLIPWAY_EVENTS: through(nats, this.engines.SLIPWAY_EVENTS) };
    return { artifact: objects, [service]: service === "artifact" ? { ...own, ...objects } : own };
  }

  async remove(): Promise<void> {
    await Promise.all(Object.values(this.networks).map((network) => network.close()));
    await Promise.all([this.mongo, this.minio, this.nats].map((server) => server.remove()));
  }
}

function through({ port }: FaultyProxy, url = ""): string {
  return url.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${port}`);
}

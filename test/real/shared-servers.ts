import type { TestServerVariable } from "@slipway/runtime/testing";
import { missingPrograms, type Program } from "./servers/find-program.ts";
import { minioCredentials, minioUrl, startMinio } from "./servers/minio-server.ts";
import { mongoUrl, startMongo } from "./servers/mongo-server.ts";
import { natsUrl, startNats } from "./servers/nats-server.ts";
import type { RealServer } from "./servers/real-server.ts";

/** Where a run needs more than tests do. */
export interface SharedSizes {
  mongoCacheGib?: number;
  mongoDirtyPercent?: number;
}

interface SharedServer {
  variable: TestServerVariable;
  program: Program;
  start(sizes: SharedSizes): Promise<RealServer>;
  /** What tests are told about it. */
  environment(server: RealServer): Record<string, string>;
}

const sharedServers: SharedServer[] = [
  {
    variable: "SLIPWAY_TEST_MONGODB",
    program: "mongod",
    start: ({ mongoCacheGib, mongoDirtyPercent }) =>
      startMongo({
        ...(mongoCacheGib !== undefined && { cacheGib: mongoCacheGib }),
        ...(mongoDirtyPercent !== undefined && { dirtyPercent: mongoDirtyPercent }),
      }),
    environment: (server) => ({ SLIPWAY_TEST_MONGODB: mongoUrl(server, "slipway-test") }),
  },
  {
    variable: "SLIPWAY_TEST_S3",
    program: "minio",
    start: startMinio,
    environment: (server) => ({
      SLIPWAY_TEST_S3: minioUrl(server, "slipway-test"),
      SLIPWAY_S3_ACCESS_KEY: minioCredentials.accessKey,
      SLIPWAY_S3_SECRET_KEY: minioCredentials.secretKey,
    }),
  },
  {
    variable: "SLIPWAY_TEST_NATS",
    program: "nats-server",
    start: () => startNats(),
    environment: (server) => ({ SLIPWAY_TEST_NATS: natsUrl(server) }),
  },
];

/** The servers to start: those for which a person has not given an address of one that runs already. */
function wanted(): SharedServer[] {
  return sharedServers.filter(({ variable }) => (process.env[variable] ?? "") === "");
}

/** One line about programs that are needed and not on PATH; undefined where all are there. */
export function missingServers(): Promise<string | undefined> {
  return missingPrograms(wanted().map(({ program }) => program));
}

/**
 * Starts what is wanted and can be started, at once, and calls `use` with the variables that tell tests where they are.
 * All of them are ended and their data is removed when `use` is done, or when one of them does not start.
 */
export async function withSharedServers<Value>(
  use: (environment: Record<string, string>) => Promise<Value>,
  sizes: SharedSizes = {},
): Promise<Value> {
  const able = await Promise.all(
    wanted().map(async (shared) => (await missingPrograms([shared.program])) === undefined),
  );
  const starting = wanted().filter((_, index) => able[index]);
  const servers: RealServer[] = [];
  try {
    const started = await Promise.allSettled(
      starting.map(async (shared) => {
        const server = await shared.start(sizes);
        servers.push(server);
        return shared.environment(server);
      }),
    );
    const environments = started.map((one) => {
      if (one.status === "rejected") throw one.reason;
      return one.value;
    });
    return await use(Object.assign({}, ...environments));
  } finally {
    await Promise.all(servers.map((server) => server.remove()));
  }
}

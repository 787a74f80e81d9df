import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MongoClient, MongoServerError } from "mongodb";
import { RealServer, type ServerPlace } from "./real-server.ts";

export interface MongoOptions {
  /** Default true: a replica set of one, called rs0, initiated and with a primary. */
  replicaSet?: boolean | "not initiated";
  /** Makes this user, who may do everything, and lets nobody else in. */
  credentials?: Credentials;
  /** Of documents and indexes, in GiB. Default 0.25, so that several fit beside each other. */
  cacheGib?: number;
  /**
   * How much of the cache may wait to be written, in percent. Default: the server's 5, above which it writes pages that
   * the next commits change again; a load of hundreds of thousands of documents takes three times as long with it.
   */
  dirtyPercent?: number;
}

interface Credentials {
  user: string;
  password: string;
}

const REPLICA_SET = "rs0";
/** Error codes, https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml. */
const ALREADY_INITIALIZED = 23;
const NOT_AUTHORIZED = [13, 18];

/** A mongod of a test's own; see RealServer. */
export async function startMongo({
  replicaSet = true,
  credentials,
  cacheGib = 0.25,
  dirtyPercent,
}: MongoOptions = {}): Promise<RealServer> {
  return RealServer.start({
    program: "mongod",
    prepare: async ({ port, data, settings }) => {
      const own = ["--port", `${port}`, "--bind_ip", "127.0.0.1", "--dbpath", data];
      own.push("--wiredTigerCacheSizeGB", `${cacheGib}`);
      if (dirtyPercent !== undefined) own.push("--wiredTigerEngineConfigString", evictionAbove(dirtyPercent));
      if (replicaSet !== false) own.push("--replSet", REPLICA_SET);
      if (credentials) own.push("--keyFile", await writeKeyFile(settings));
      return own;
    },
    becomeReady: (place) => becomeReady(place, replicaSet, credentials),
  });
}

/** Address for an engine: `mongodb://…/PREFIX?…` where PREFIX begins the names of databases. */
export function mongoUrl(
  server: RealServer,
  prefix: string,
  { replicaSet = true, credentials }: MongoOptions = {},
): string {
  const user = credentials
    ? `${encodeURIComponent(credentials.user)}:${encodeURIComponent(credentials.password)}@`
    : "";
  const parameters = new URLSearchParams({
    ...(replicaSet !== false && { replicaSet: REPLICA_SET }),
    ...(credentials && { authSource: "admin" }),
  });
  return `mongodb://${user}127.0.0.1:${server.port}/${prefix}?${parameters}`;
}

/** https://source.wiredtiger.com/11.0.0/tune_cache.html; commits wait for room only far above the target. */
function evictionAbove(percent: number): string {
  const ofKind = (kind: "dirty" | "updates") =>
    `eviction_${kind}_target=${percent},eviction_${kind}_trigger=${Math.min(percent + 20, 95)}`;
  return `${ofKind("dirty")},${ofKind("updates")}`;
}

/** Members of a replica set that asks for passwords prove themselves to each other with this file. */
async function writeKeyFile(settings: string): Promise<string> {
  const file = join(settings, "key-file");
  await writeFile(file, randomBytes(48).toString("base64"), { mode: 0o600 });
  return file;
}

async function becomeReady(
  place: ServerPlace,
  replicaSet: MongoOptions["replicaSet"],
  credentials?: Credentials,
): Promise<void> {
  // Before the first user is made, a server that asks for passwords lets in who comes from the same machine.
  const client = new MongoClient(`mongodb://127.0.0.1:${place.port}/?directConnection=true`, {
    serverSelectionTimeoutMS: 1000,
  });
  try {
    const admin = client.db("admin");
    if (replicaSet === true) {
      const members = [{ _id: 0, host: `127.0.0.1:${place.port}` }];
      const initiate = { replSetInitiate: { _id: REPLICA_SET, members } };
      await admin.command(initiate).catch(unless(ALREADY_INITIALIZED, ...NOT_AUTHORIZED));
    }
    const { isWritablePrimary } = await admin.command({ hello: 1 });
    if (isWritablePrimary !== true && replicaSet !== "not initiated") throw new Error("no primary yet");
    if (credentials) {
      const user = { createUser: credentials.user, pwd: credentials.password, roles: ["root"] };
      await admin.command(user).catch(unless(...NOT_AUTHORIZED));
    }
  } finally {
    await client.close();
  }
}

function unless(...codes: number[]): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof MongoServerError && codes.includes(Number(error.code)))) throw error;
  };
}

import { MongoClient, type MongoClientOptions } from "mongodb";
import { wrongSetting } from "./mongo-failure.ts";

const TIMEOUT_MS = 1000;

/**
 * Why a replica set at an address cannot be used, in words for an operator that say what to do. Asks its first server
 * without expecting anything of it.
 */
export async function diagnose(url: string, options: MongoClientOptions): Promise<string> {
  // An address may name several hosts, which no URL does.
  const parsed = new URL(url.replace(/^([^:]+:\/\/(?:[^/@]*@)?[^,/?]+),[^/?]*/, "$1"));
  const server = parsed.host;
  if (parsed.protocol === "mongodb+srv:") return "MongoDB: no primary can be reached";
  const wantedSet = parsed.searchParams.get("replicaSet");
  for (const name of ["replicaSet", "directConnection"]) parsed.searchParams.delete(name);
  const client = new MongoClient(parsed.href, {
    ...options,
    directConnection: true,
    serverSelectionTimeoutMS: TIMEOUT_MS,
    connectTimeoutMS: TIMEOUT_MS,
  });
  try {
    const hello = await client.db("admin").command({ hello: 1 });
    if (hello.isreplicaset === true) {
      return `MongoDB at ${server} has a replica set that was not initiated: run rs.initiate() once`;
    }
    if (hello.setName === undefined) {
      return `MongoDB at ${server} runs without a replica set, so it has no transactions: start mongod with --replSet rs0 and run rs.initiate() once`;
    }
    if (wantedSet !== null && hello.setName !== wantedSet) {
      return `MongoDB at ${server} belongs to the replica set ${hello.setName}, not ${wantedSet}: correct SLIPWAY_DOCUMENTS`;
    }
    return `MongoDB at ${server}: the replica set ${hello.setName} has no primary that can be reached`;
  } catch (error) {
    return wrongSetting(error) ?? `MongoDB at ${server} cannot be reached`;
  } finally {
    await client.close();
  }
}

import { DocumentStoreError } from "@slipway/documents";
import { openMongoDocuments } from "@slipway/documents/mongodb";
import { silentLogger, systemClock } from "@slipway/runtime";
import { freePort } from "@slipway/runtime/testing";
import { expect } from "chai";
import { MongoClient } from "mongodb";
import { type MongoOptions, mongoUrl, startMongo } from "../servers/mongo-server.ts";
import type { RealServer } from "../servers/real-server.ts";
import { things } from "./commit-history.ts";

const credentials = { user: "slipway", password: "right p@ssword" };
const key = { tenant: "t", collection: things.name, id: "x" };

/** What an operator sees of a setting that no waiting heals. */
describe("documents with wrong settings of MongoDB", () => {
  const servers = new Map<string, RealServer>();
  const serverOf = async (options: MongoOptions): Promise<RealServer> => {
    const name = JSON.stringify(options);
    const server = servers.get(name) ?? (await startMongo(options));
    servers.set(name, server);
    return server;
  };
  after(() => Promise.all([...servers.values()].map((server) => server.remove())));

  const open = (url: string) =>
    openMongoDocuments({ url, database: "slipway-test", collections: [things], clock: systemClock, log: silentLogger });

  /** What it says that it misses. */
  const missingAt = async (url: string): Promise<string> => {
    const { documents, missing } = await open(url);
    try {
      const error: unknown = await documents.get(key).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(DocumentStoreError).with.property("kind", "UNAVAILABLE");
      return missing().join("; ");
    } finally {
      await documents.close();
    }
  };

  it("says what to do about a standalone mongod, with and without the name of a set", async () => {
    const server = await serverOf({ replicaSet: false });
    for (const replicaSet of [true, false]) {
      const missing = await missingAt(mongoUrl(server, "slipway", { replicaSet }));
      expect(missing).to.match(/without a replica set.*start mongod with --replSet rs0 and run rs\.initiate\(\) once/);
    }
  });

  it("says what to do about a replica set that was not initiated, and goes on once it was", async () => {
    const server = await serverOf({ replicaSet: "not initiated" });
    const { documents, missing } = await open(mongoUrl(server, "slipway"));
    try {
      expect(missing().join()).to.match(/not initiated: run rs\.initiate\(\) once/);
      const client = new MongoClient(`mongodb://127.0.0.1:${server.port}/?directConnection=true`);
      const members = [{ _id: 0, host: `127.0.0.1:${server.port}` }];
      await client.db("admin").command({ replSetInitiate: { _id: "rs0", members } });
      await client.close();
      while (missing().length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await documents.get(key)).to.equal(undefined);
    } finally {
      await documents.close();
    }
  });

  it("says what to do about another set's name", async () => {
    const server = await serverOf({});
    const url = mongoUrl(server, "slipway").replace("rs0", "rs7");
    expect(await missingAt(url)).to.match(/belongs to the replica set rs0, not rs7/);
  });

  it("says what to do about wrong and missing credentials, and takes the right ones", async () => {
    const server = await serverOf({ credentials });
    const wrong = { ...credentials, password: "wrong" };
    expect(await missingAt(mongoUrl(server, "slipway", { credentials: wrong }))).to.match(
      /refuses the user or password/,
    );
    expect(await missingAt(mongoUrl(server, "slipway"))).to.match(/asks for a user and a password/);
    // Users are kept in `admin`, whatever the path of the address is.
    const right = new URL(mongoUrl(server, "slipway", { credentials }));
    right.searchParams.delete("authSource");
    const { documents, missing } = await open(right.href);
    expect([missing(), await documents.get(key)]).to.deep.equal([[], undefined]);
    await documents.close();
  });

  it("says where nobody answers", async () => {
    const port = await freePort();
    expect(await missingAt(`mongodb://127.0.0.1:${port}/slipway?replicaSet=rs0`)).to.contain(
      `127.0.0.1:${port} cannot be reached`,
    );
  });

  it("refuses an address that is none", async () => {
    const error: unknown = await open("mongodb://:::/x").catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(DocumentStoreError).with.property("kind", "INVALID");
  });
});

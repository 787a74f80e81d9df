import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { MongoClient } from "mongodb";
import { startMinio } from "./minio-server.ts";
import { mongoUrl, startMongo } from "./mongo-server.ts";
import { startNats } from "./nats-server.ts";
import type { RealServer } from "./real-server.ts";

const kinds = { mongod: startMongo, minio: startMinio, "nats-server": startNats };

describe("servers of a test's own", () => {
  const started: RealServer[] = [];
  const remembered = async (server: Promise<RealServer>): Promise<RealServer> => {
    started.push(await server);
    return server;
  };
  afterEach(() => Promise.all(started.splice(0).map((server) => server.remove())));

  for (const [name, start] of Object.entries(kinds)) {
    it(`start, stop, are killed and start again on the same port: ${name}`, async () => {
      const server = await remembered(start());
      const { port } = server;
      expect(await accepts(port)).to.equal(true);
      await server.stop();
      expect(await accepts(port)).to.equal(false);
      await server.start();
      expect(await accepts(port)).to.equal(true);
      await server.kill();
      expect(await accepts(port)).to.equal(false);
      await server.wipe();
      await server.start();
      expect([server.port, await accepts(port)]).to.deep.equal([port, true]);
    });
  }

  it("keep their data over kill and restart, and lose it when wiped", async () => {
    const server = await remembered(startMongo());
    await withMongo(mongoUrl(server, "test"), (client) =>
      client
        .db()
        .collection("x")
        .insertOne({ a: 1 }, { writeConcern: { w: "majority", j: true } }),
    );
    await server.kill();
    await server.start();
    expect(
      await withMongo(mongoUrl(server, "test"), (client) => client.db().collection("x").countDocuments()),
    ).to.equal(1);
    await server.stop();
    await server.wipe();
    await server.start();
    expect(
      await withMongo(mongoUrl(server, "test"), (client) => client.db().collection("x").countDocuments()),
    ).to.equal(0);
  });

  it("answer nothing while they are frozen", async () => {
    const server = await remembered(startMongo());
    await withMongo(mongoUrl(server, "test"), async (client) => {
      server.freeze();
      let answered = false;
      const answer = client
        .db()
        .command({ ping: 1 })
        .then(() => {
          answered = true;
        });
      // A frozen server's port still accepts.
      expect(await accepts(server.port)).to.equal(true);
      expect(answered).to.equal(false);
      server.thaw();
      await answer;
    });
  });

  it("let in nobody without the credentials that they were started with", async () => {
    const credentials = { user: "slipway", password: "p@ss word" };
    const server = await remembered(startMongo({ credentials }));
    const list = (url: string) => withMongo(url, (client) => client.db("test").listCollections().toArray());
    expect(await list(mongoUrl(server, "test", { credentials }))).to.deep.equal([]);
    const refused = await list(mongoUrl(server, "test")).catch((error: Error) => error.message);
    expect(refused).to.match(/requires authentication/);
  });

  it("end with the process that started them, also where it was killed", async () => {
    const module = fileURLToPath(new URL("./nats-server.ts", import.meta.url));
    const script = `import { startNats } from ${JSON.stringify(module)};
      console.log((await startNats()).port);
      setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [port] = (await once(child.stdout.setEncoding("utf8"), "data")) as [string];
    expect(await accepts(Number(port))).to.equal(true);
    child.kill("SIGKILL");
    while (await accepts(Number(port))) await new Promise((resolve) => setTimeout(resolve, 10));
  });
});

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function withMongo<Value>(url: string, use: (client: MongoClient) => Promise<Value>): Promise<Value> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 5000 });
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

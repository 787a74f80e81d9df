import { openMongoDocuments } from "@slipway/documents/mongodb";
import { silentLogger, systemClock } from "@slipway/runtime";
import { MongoClient } from "mongodb";
import { mongoUrl, startMongo } from "../servers/mongo-server.ts";
import type { RealServer } from "../servers/real-server.ts";
import { CommitHistory, things } from "./commit-history.ts";

type Opened = Awaited<ReturnType<typeof openMongoDocuments>>;

/** What the servers of the contract suite cannot be asked to go through, because others use them too. */
describe("documents while something happens to MongoDB", () => {
  let server: RealServer;
  let opened: Opened;
  before(async () => {
    server = await startMongo();
    opened = await openMongoDocuments({
      url: mongoUrl(server, "slipway"),
      database: "slipway-test",
      collections: [things],
      clock: systemClock,
      log: silentLogger,
    });
  });
  after(async () => {
    await opened.documents.close();
    await server.remove();
  });

  const faults: Record<string, () => Promise<void>> = {
    "is killed and started again": async () => {
      await server.kill();
      await until(() => opened.missing().length === 1);
      await server.start();
    },
    "is stopped in order and started again": () => server.restart(),
    "is frozen until calls fail, and goes on": async () => {
      server.freeze();
      await until(() => opened.missing().length === 1);
      server.thaw();
    },
    "steps down and is elected again": async () => {
      const client = new MongoClient(mongoUrl(server, "slipway"));
      // It closes connections, so the reply may get lost.
      await client
        .db("admin")
        .command({ replSetStepDown: 1, force: true })
        .catch(() => undefined);
      await client.close();
    },
  };
  for (const [name, fault] of Object.entries(faults)) {
    it(`loses nothing that it has acknowledged, and goes on by itself, when it ${name}`, async () => {
      const history = new CommitHistory(opened.documents);
      history.begin(6);
      await history.more(30);
      await fault();
      await history.more(30);
      await history.end();
      await history.assertWhole(opened.documents);
      await until(() => opened.missing().length === 0);
    });
  }
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

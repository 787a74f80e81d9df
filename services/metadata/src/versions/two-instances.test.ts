import { expect } from "chai";
import { type Clients, type MetadataServer, startMetadata } from "../testing/metadata-server.test.ts";
import { Versions } from "../testing/versions.test.ts";

/** Two instances share nothing but the database: the queue of one does not hold back the other. */
describe("two instances of the service on one database", () => {
  let servers: MetadataServer[];
  let clients: Clients[];
  before(async () => {
    const first = await startMetadata();
    servers = [first, await startMetadata(first)];
    clients = servers.map((server) => server.as());
  });
  after(async () => {
    for (const server of servers.toReversed()) await server.close();
  });

  const both = <T>(count: number, call: (client: Clients, index: number) => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: count }, (_, index) => call(clients[index % 2] as Clients, index)));

  it("number the versions of a model densely and uniquely", async () => {
    const [server] = servers as [MetadataServer];
    const parent = await new Versions(server).model("shared");
    const artifact = server.artifact(1);
    const replies = await both(24, (client) => client.versions.createVersion({ parent, artifact }));
    const ordinals = replies.map(({ version }) => Number(version?.ordinal)).sort((a, b) => a - b);
    expect(ordinals).to.deep.equal(Array.from({ length: 24 }, (_, index) => index + 1));
    expect(new Set(replies.map(({ version }) => version?.number)).size).to.equal(24);
  });

  it("lose no change of a model, and give a name to one model", async () => {
    await clients[0]?.models.createModel({ model: { name: "models/hot" } });
    await both(12, (client, index) =>
      client.models.updateModel({
        model: { name: "models/hot", tags: { [`t${index}`]: "x" } },
        updateMask: { paths: [`tags.t${index}`] },
      }),
    );
    const hot = await clients[1]?.models.getModel({ name: "models/hot" });
    expect(Object.keys(hot?.model?.tags ?? {})).to.have.length(12);

    const outcomes = await Promise.allSettled(
      clients.map((client) => client.models.createModel({ model: { name: "models/wanted" } })),
    );
    expect(outcomes.map(({ status }) => status).sort()).to.deep.equal(["fulfilled", "rejected"]);
  });

  it("do the work of one request id once", async () => {
    const [server] = servers as [MetadataServer];
    const parent = await new Versions(server).model("once");
    const request = { parent, artifact: server.artifact(1), requestId: "00000000-0000-4000-8000-000000000001" };
    const replies = await both(8, (client) => client.versions.createVersion(request));
    expect(new Set(replies.map(({ version }) => version?.uid)).size).to.equal(1);
    const { model } = (await clients[0]?.models.getModel({ name: parent })) ?? {};
    expect(model?.versionCount).to.equal(1n);
  });
});

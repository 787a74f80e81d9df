import { expect } from "chai";
import {
  type Clients,
  eventsOf,
  type MetadataServer,
  refusal,
  startMetadata,
} from "../testing/metadata-server.test.ts";
import { Versions } from "../testing/versions.test.ts";

describe("a deleted model", () => {
  let server: MetadataServer;
  let alice: Clients;
  let versions: Versions;
  before(async () => {
    server = await startMetadata();
    alice = server.as();
    versions = new Versions(server);
  });
  after(() => server.close());

  it("hides its versions until it is undeleted, and takes them along when it is purged", async () => {
    const admin = server.as({ role: "admin" });
    const parent = await versions.model("hides");
    const version = await versions.publish(parent, { labels: ["hidden"] });
    const list = async (parentName: string, showDeleted = false, clients = alice) =>
      (await clients.versions.listVersions({ parent: parentName, showDeleted, filter: "labels = hidden" })).versions;
    expect(await list("models/-")).to.have.length(1);

    await alice.models.deleteModel({ name: parent });
    await refusal(alice.versions.getVersion({ name: version.name }), "VERSION_NOT_FOUND");
    await refusal(alice.versions.resolveVersion({ model: parent, selector: "1.0.0" }), "MODEL_NOT_FOUND");
    await refusal(alice.versions.deleteVersion({ name: version.name }), "VERSION_NOT_FOUND");
    await refusal(list(parent), "MODEL_NOT_FOUND");
    expect(await list("models/-")).to.deep.equal([]);
    expect(await list(parent, true)).to.have.length(1);
    const viewer = server.as({ role: "viewer" });
    expect(await list("models/-", true, viewer)).to.deep.equal([]);
    await refusal(list(parent, true, viewer), "MODEL_NOT_FOUND");

    await alice.models.undeleteModel({ name: parent });
    expect((await alice.versions.getVersion({ name: version.name })).version).to.deep.equal(version);

    await alice.models.deleteModel({ name: parent });
    await admin.models.purgeModel({ name: parent });
    const events = await eventsOf(alice, version.uid, 4);
    expect(events.at(-1)).to.deep.include({ type: "slipway.version.purged" });
    expect(events.at(-1)?.payload).to.deep.include({ artifact: version.artifact, uid: version.uid });
    expect(await list("models/-", true)).to.deep.equal([]);
    await versions.model("hides");
    expect((await versions.create(parent)).number).to.equal("1.0.0");
  });

  it("is purged in several commits when it has many versions", async () => {
    const admin = server.as({ role: "admin" });
    const parent = await versions.model("large");
    await Promise.all(Array.from({ length: 260 }, () => versions.create(parent, { artifact: 1 })));
    await alice.models.deleteModel({ name: parent });
    const purged = eventsOf(alice, (await alice.models.getModel({ name: parent })).model?.uid ?? "", 3);
    await admin.models.purgeModel({ name: parent });
    expect((await purged).at(-1)?.type).to.equal("slipway.model.purged");
    const { events } = await alice.events.listEvents({ types: ["slipway.version.purged"], pageSize: 1000 });
    expect(events.filter(({ subject }) => subject.includes("models/large/"))).to.have.length(260);
  });
});

import { Verdict } from "@slipway/gen/slipway/artifact/v1/inspection_pb.js";
import { type Version, VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { expect } from "chai";
import {
  type Clients,
  eventsOf,
  type MetadataServer,
  refusal,
  service,
  startMetadata,
} from "../testing/metadata-server.test.ts";
import { Versions } from "../testing/versions.test.ts";

describe("FinishValidation", () => {
  let server: MetadataServer;
  let alice: Clients;
  let workflow: Clients;
  let versions: Versions;
  before(async () => {
    server = await startMetadata();
    alice = server.as();
    workflow = server.as(service);
    versions = new Versions(server);
  });
  after(() => server.close());

  const finish = async ({ uid }: Version, outcome: { run?: string; proven?: boolean; verdict?: Verdict } = {}) => {
    const { run = "runs/1", proven = true, verdict = Verdict.SAFE } = outcome;
    const findings =
      verdict === Verdict.SAFE
        ? []
        : [{ rule: "test.rule", severity: verdict, path: "model.pkl", message: "it is bad" }];
    return (await workflow.versions.finishValidation({ versionUid: uid, run, proven, verdict, findings })).version;
  };

  it("publishes into the first stage and reports ready and published in one commit", async () => {
    const parent = await versions.model("published");
    const version = await versions.create(parent);
    server.clock.advance(1000);
    const published = await finish(version);
    expect(published).to.deep.include({
      state: VersionState.PUBLISHED,
      stage: "development",
      admissionRun: "runs/1",
      verdict: Verdict.SAFE,
      stateReason: "",
    });
    expect(published?.publishTime).to.deep.equal(published?.updateTime);
    const events = await eventsOf(alice, version.uid, 3);
    expect(events.map(({ type }) => type)).to.deep.equal([
      "slipway.version.created",
      "slipway.version.ready",
      "slipway.version.published",
    ]);
    expect(events.slice(1).map(({ aggregateRevision }) => aggregateRevision)).to.deep.equal([2n, 2n]);
    expect(events[2]?.payload).to.deep.include({ state: "VERSION_STATE_PUBLISHED", stage: "development" });
    expect((await alice.models.getModel({ name: parent })).model?.latestVersion).to.equal("1.0.0");
  });

  it("keeps the highest stable version as the latest, in whatever order they are published", async () => {
    const parent = await versions.model("latest");
    const created: Version[] = [];
    for (const number of ["1.0.0", "1.2.0", "1.1.0", "2.0.0-rc.1"])
      created.push(await versions.create(parent, { number }));
    await Promise.all(created.map((version) => finish(version)));
    expect((await alice.models.getModel({ name: parent })).model?.latestVersion).to.equal("1.2.0");
  });

  it("rejects danger with its findings", async () => {
    const parent = await versions.model("rejected");
    const version = await versions.create(parent);
    const rejected = await finish(version, { verdict: Verdict.DANGEROUS });
    expect(rejected).to.deep.include({
      state: VersionState.REJECTED,
      stage: "",
      stateReason: "The inspection found danger: test.rule in model.pkl: it is bad",
    });
    expect(rejected?.findings.map(({ rule }) => rule)).to.deep.equal(["test.rule"]);
    const events = await eventsOf(alice, version.uid, 2);
    expect(events.at(-1)?.type).to.equal("slipway.version.rejected");
    expect((await alice.models.getModel({ name: parent })).model?.latestVersion).to.equal("");
  });

  it("rejects what was not proven, whatever the verdict, and admits suspicion with its findings", async () => {
    const parent = await versions.model("judged");
    expect((await finish(await versions.create(parent), { proven: false }))?.state).to.equal(VersionState.REJECTED);
    const suspicious = await finish(await versions.create(parent), { verdict: Verdict.SUSPICIOUS });
    expect(suspicious).to.deep.include({ state: VersionState.PUBLISHED, verdict: Verdict.SUSPICIOUS });
    expect(suspicious?.findings).to.have.length(1);
  });

  it("gives the deciding run its reply again and refuses others", async () => {
    const version = await versions.create(await versions.model("decided"));
    const [first, again] = await Promise.all([finish(version), finish(version)]);
    expect(again).to.deep.equal(first);
    expect(await finish(version, { verdict: Verdict.DANGEROUS })).to.deep.equal(first);
    const error = await refusal(finish(version, { run: "runs/2" }), "VERSION_NOT_VALIDATING");
    expect(error.code).to.equal("FAILED_PRECONDITION");
    expect(error.message).to.contain("is PUBLISHED: another run has decided");
  });

  it("lets one of two runs decide", async () => {
    const version = await versions.create(await versions.model("contended"));
    const outcomes = await Promise.allSettled([finish(version, { run: "runs/1" }), finish(version, { run: "runs/2" })]);
    expect(outcomes.map(({ status }) => status).sort()).to.deep.equal(["fulfilled", "rejected"]);
  });

  it("is for services, in the tenant that they act for", async () => {
    const version = await versions.create(await versions.model("owned"));
    const request = { versionUid: version.uid, run: "runs/1", proven: true, verdict: Verdict.SAFE };
    await refusal(server.as({ role: "admin" }).versions.finishValidation(request), "SERVICE_REQUIRED");
    const other = server.as({ ...service, tenantUid: "00000000-0000-7000-8000-0000000000b0", tenant: "other" });
    await refusal(other.versions.finishValidation(request), "VERSION_NOT_FOUND");
    const nobody = { ...request, versionUid: "00000000-0000-7000-8000-00000000dead" };
    await refusal(workflow.versions.finishValidation(nobody), "VERSION_NOT_FOUND");
  });

  it("decides about deleted versions without showing them", async () => {
    const parent = await versions.model("deleted");
    const version = await versions.create(parent);
    await alice.versions.deleteVersion({ name: version.name });
    expect((await finish(version))?.state).to.equal(VersionState.PUBLISHED);
    expect((await alice.models.getModel({ name: parent })).model?.latestVersion).to.equal("");
    await refusal(alice.versions.resolveVersion({ model: parent, selector: "development" }), "SELECTOR_NOT_FOUND");
    await alice.versions.undeleteVersion({ name: version.name });
    expect((await alice.models.getModel({ name: parent })).model?.latestVersion).to.equal("1.0.0");
  });
});

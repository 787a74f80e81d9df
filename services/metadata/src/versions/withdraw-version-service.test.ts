import { VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
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

describe("WithdrawVersion", () => {
  let server: MetadataServer;
  let alice: Clients;
  let viewer: Clients;
  let reviewer: Clients;
  let versions: Versions;
  before(async () => {
    server = await startMetadata();
    alice = server.as();
    viewer = server.as({ principal: "users/vera", role: "viewer" });
    reviewer = server.as({ principal: "users/rosa", role: "reviewer" });
    versions = new Versions(server);
  });
  after(() => server.close());

  const withdraw = async (clients: Clients, name: string, more: { etag?: string; requestId?: string } = {}) =>
    (await clients.versions.withdrawVersion({ name, reason: "it leaks names", ...more })).version;

  it("takes a version out of latest, ranges and its stage at once, and says why", async () => {
    const parent = await versions.model("taken-back");
    for (const number of ["1.0.0", "1.1.0"]) await versions.publish(parent, { number });
    const resolve = async (selector: string) =>
      (await viewer.versions.resolveVersion({ model: parent, selector })).version?.number;
    for (const selector of ["latest", "^1", "development"]) expect(await resolve(selector)).to.equal("1.1.0");
    const withdrawn = await withdraw(reviewer, `${parent}/versions/1.1.0`);
    expect(withdrawn).to.deep.include({ state: VersionState.WITHDRAWN, stateReason: "it leaks names", stage: "" });
    for (const selector of ["latest", "^1", "development"]) expect(await resolve(selector)).to.equal("1.0.0");
    expect((await alice.models.getModel({ name: parent })).model?.latestVersion).to.equal("1.0.0");
    const { versions: listed } = await viewer.versions.listVersions({ parent });
    expect(listed.map(({ number }) => number)).to.deep.equal(["1.0.0"]);
    const events = await eventsOf(alice, withdrawn?.uid ?? "", 4);
    const { type, actor, payload } = events[3] ?? {};
    expect({ type, actor }).to.deep.equal({ type: "slipway.version.withdrawn", actor: "users/rosa" });
    expect(payload).to.deep.include({ state: "VERSION_STATE_WITHDRAWN", stateReason: "it leaks names" });
  });

  it("leaves nothing for latest where it was the only one", async () => {
    const parent = await versions.model("only");
    const { name } = await versions.publish(parent);
    await withdraw(reviewer, name);
    await refusal(viewer.versions.resolveVersion({ model: parent }), "SELECTOR_NOT_FOUND");
    expect((await alice.models.getModel({ name: parent })).model?.latestVersion).to.equal("");
  });

  it("leaves the version to be seen by its number and its aliases, also by viewers", async () => {
    const parent = await versions.model("seen");
    const { name } = await versions.publish(parent);
    await alice.models.setAlias({ model: parent, alias: "champion", version: "1.0.0" });
    const withdrawn = await withdraw(reviewer, name);
    expect((await viewer.versions.getVersion({ name })).version).to.deep.equal(withdrawn);
    const { version } = await viewer.versions.resolveVersion({ model: parent, selector: "champion" });
    expect(version).to.deep.equal(withdrawn);
  });

  it("is for reviewers and for who made the version, also through a service account", async () => {
    const parent = await versions.model("owned");
    for (const number of ["1.0.0", "1.0.1"]) await versions.publish(parent, { number });
    const stranger = server.as({ principal: "users/mallory" });
    const error = await refusal(withdraw(stranger, `${parent}/versions/1.0.0`), "WITHDRAWAL_FORBIDDEN");
    expect(error.code).to.equal("PERMISSION_DENIED");
    expect(error.message).to.contain("models/owned/versions/1.0.0 was made by users/alice.");
    expect(error.message).to.contain("ask somebody with the role reviewer");
    await refusal(withdraw(viewer, `${parent}/versions/1.0.0`), "ROLE_REQUIRED");
    await withdraw(alice, `${parent}/versions/1.0.0`);
    await server.principal({ name: "users/alice" });
    await server.principal({ name: "serviceAccounts/robot", owner: "users/alice" });
    await withdraw(server.as({ principal: "serviceAccounts/robot" }), `${parent}/versions/1.0.1`);
  });

  it("refuses what is not published, and what is withdrawn already", async () => {
    const parent = await versions.model("unpublished");
    const waiting = await versions.create(parent);
    const error = await refusal(withdraw(reviewer, waiting.name), "VERSION_NOT_PUBLISHED");
    expect(error.code).to.equal("FAILED_PRECONDITION");
    expect(error.message).to.contain("models/unpublished/versions/1.0.0 is VALIDATING, and this works with published");
    const { name } = await versions.finish(waiting);
    await withdraw(reviewer, name);
    expect((await refusal(withdraw(reviewer, name), "VERSION_NOT_PUBLISHED")).message).to.contain("is WITHDRAWN");
    await refusal(withdraw(reviewer, `${parent}/versions/9.0.0`), "VERSION_NOT_FOUND");
    await alice.models.deleteModel({ name: parent });
    await refusal(withdraw(reviewer, name), "MODEL_DELETED");
  });

  it("wants a reason of a bounded length", async () => {
    const { name } = await versions.publish(await versions.model("reasons"));
    for (const reason of ["", "  ", "x".repeat(4097)]) {
      const error = await refusal(reviewer.versions.withdrawVersion({ name, reason }), "REQUEST_INVALID");
      expect(error.fields.map(({ field }) => field)).to.deep.equal(["reason"]);
    }
    await reviewer.versions.withdrawVersion({ name, reason: "名".repeat(4096) });
  });

  it("happens once per request id, and not to a version that changed meanwhile", async () => {
    const { name } = await versions.publish(await versions.model("repeated"));
    await refusal(withdraw(reviewer, name, { etag: "stale" }), "ETAG_MISMATCH");
    const requestId = "5e1f0a52-6f0b-4f9e-9f4e-6f3c0d0a0001";
    const first = await withdraw(reviewer, name, { requestId });
    expect(await withdraw(reviewer, name, { requestId })).to.deep.equal(first);
  });

  it("gives the admission run its reply again, and stays what the next version is compared with", async () => {
    const parent = await versions.model("compared");
    const version = await versions.publish(parent);
    await withdraw(reviewer, version.name);
    const request = { versionUid: version.uid, run: "runs/1", proven: true, verdict: version.verdict };
    const { version: again } = await server.as(service).versions.finishValidation(request);
    expect(again?.state).to.equal(VersionState.WITHDRAWN);
    const unchanged = await alice.versions.createVersion({
      parent,
      artifact: version.artifact,
      unlessUnchanged: true,
    });
    expect(unchanged.unchanged).to.equal(true);
    expect(unchanged.version?.state).to.equal(VersionState.WITHDRAWN);
    const undeleted = async () => {
      await alice.versions.deleteVersion({ name: version.name });
      return (await alice.versions.undeleteVersion({ name: version.name })).version;
    };
    expect((await undeleted())?.state).to.equal(VersionState.WITHDRAWN);
    expect((await alice.models.getModel({ name: parent })).model?.latestVersion).to.equal("");
  });
});

import { Verdict } from "@slipway/gen/slipway/artifact/v1/inspection_pb.js";
import { ReviewVerdict } from "@slipway/gen/slipway/metadata/v1/review_pb.js";
import { type Version, VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { expect } from "chai";
import {
  type Clients,
  eventsOf,
  type MetadataServer,
  refusal,
  startMetadata,
} from "../testing/metadata-server.test.ts";
import { Versions } from "../testing/versions.test.ts";

describe("reviews", () => {
  let server: MetadataServer;
  let alice: Clients;
  let admin: Clients;
  let rosa: Clients;
  let ravi: Clients;
  let viewer: Clients;
  let versions: Versions;
  before(async () => {
    server = await startMetadata();
    alice = server.as();
    admin = server.as({ principal: "users/ada", role: "admin" });
    rosa = server.as({ principal: "users/rosa", role: "reviewer" });
    ravi = server.as({ principal: "users/ravi", role: "reviewer" });
    viewer = server.as({ principal: "users/vera", role: "viewer" });
    versions = new Versions(server);
    for (const name of ["users/alice", "users/rosa"]) await server.principal({ name });
    await server.principal({ name: "serviceAccounts/of-rosa", owner: "users/rosa" });
    await server.principal({ name: "serviceAccounts/of-alice", owner: "users/alice" });
  });
  after(() => server.close());

  /** A model that asks for so many approvals, with a version that waits for them. */
  async function waiting(name: string, requiredApprovals: number, requiredFields: string[] = []) {
    const parent = await versions.model(name);
    const policy = { name: `${parent}/reviewPolicy`, requiredApprovals, requiredFields };
    await admin.reviews.updateReviewPolicy({ policy });
    return { parent, version: await versions.publish(parent) };
  }
  const approve = (by: Clients, { name }: Version, more: object = {}) =>
    by.reviews.submitReview({ version: name, verdict: ReviewVerdict.APPROVE, ...more });
  const reject = (by: Clients, { name }: Version, comment = "its labels are wrong") =>
    by.reviews.submitReview({ version: name, verdict: ReviewVerdict.REJECT, comment });

  it("are asked for by the policy: admission leaves the version READY, and nobody uses it", async () => {
    const { parent, version } = await waiting("ready", 1);
    expect(version).to.deep.include({ state: VersionState.READY, stage: "", admissionRun: "runs/1" });
    await refusal(viewer.versions.getVersion({ name: version.name }), "VERSION_NOT_FOUND");
    await refusal(alice.versions.resolveVersion({ model: parent }), "SELECTOR_NOT_FOUND");
    const events = await eventsOf(alice, version.uid, 2);
    expect(events.at(-1)?.type).to.equal("slipway.version.ready");
    const rejected = await versions.finish(await versions.create(parent), Verdict.DANGEROUS);
    expect(rejected.state).to.equal(VersionState.REJECTED);
  });

  it("publish with the last approval that is needed, as admission would", async () => {
    const { parent, version } = await waiting("two of two", 2);
    server.clock.advance(1000);
    const first = await approve(rosa, version, { comment: "fine" });
    expect(first.version?.state).to.equal(VersionState.READY);
    expect(first.review).to.deep.include({ version: version.name, reviewer: "users/rosa", comment: "fine" });
    await approve(rosa, version);
    expect((await approve(ravi, version)).version).to.deep.include({
      state: VersionState.PUBLISHED,
      stage: "development",
    });
    expect((await alice.models.getModel({ name: parent })).model?.latestVersion).to.equal("1.0.0");
    const { version: found } = await viewer.versions.resolveVersion({ model: parent, selector: "development" });
    expect(found?.number).to.equal("1.0.0");
    expect(found?.publishTime).to.deep.equal(found?.updateTime);
    const events = await eventsOf(alice, version.uid, 6);
    expect(events.slice(2).map(({ type, actor }) => [type, actor])).to.deep.equal([
      ["slipway.version.reviewed", "users/rosa"],
      ["slipway.version.reviewed", "users/rosa"],
      ["slipway.version.reviewed", "users/ravi"],
      ["slipway.version.published", "users/ravi"],
    ]);
    expect(events[2]?.payload).to.have.property("review").that.includes({ person: "users/rosa", comment: "fine" });
    const { reviews } = await alice.reviews.listReviews({ version: version.name });
    expect(reviews.map(({ person, comment }) => [person, comment])).to.deep.equal([
      ["users/rosa", ""],
      ["users/ravi", ""],
    ]);
  });

  it("of one person under two keys count once", async () => {
    const { version } = await waiting("one person", 2);
    const robot = server.as({ principal: "serviceAccounts/of-rosa", role: "reviewer" });
    await approve(rosa, version);
    expect((await approve(robot, version)).version?.state).to.equal(VersionState.READY);
    const { reviews } = await alice.reviews.listReviews({ version: version.name });
    expect(reviews.map(({ reviewer, person }) => [reviewer, person])).to.deep.equal([
      ["serviceAccounts/of-rosa", "users/rosa"],
    ]);
  });

  it("reject at once, also by somebody who approved before", async () => {
    const { parent, version } = await waiting("rejected", 2);
    await approve(rosa, version);
    const { version: rejected } = await reject(rosa, version);
    expect(rejected).to.deep.include({
      state: VersionState.REJECTED,
      stateReason: "users/rosa rejected it: its labels are wrong",
    });
    expect((await alice.models.getModel({ name: parent })).model?.latestVersion).to.equal("");
    const events = await eventsOf(alice, version.uid, 5);
    expect(events.slice(3).map(({ type }) => type)).to.deep.equal([
      "slipway.version.reviewed",
      "slipway.version.rejected",
    ]);
    const error = await refusal(approve(ravi, version), "VERSION_NOT_READY");
    expect(error.code).to.equal("FAILED_PRECONDITION");
    expect(error.message).to.contain("rejected/versions/1.0.0 is REJECTED, and only READY versions are reviewed.");
  });

  it("are never given by who made the version, not even through a service account", async () => {
    const { version } = await waiting("own", 1);
    const own = server.as({ role: "admin" });
    const robot = server.as({ principal: "serviceAccounts/of-alice", role: "reviewer" });
    for (const by of [own, robot]) {
      const error = await refusal(approve(by, version), "REVIEW_FORBIDDEN");
      expect(error.code).to.equal("PERMISSION_DENIED");
      expect(error.message).to.contain("was made by users/alice, and nobody reviews a version of their own.");
      await refusal(reject(by, version), "REVIEW_FORBIDDEN");
    }
    await refusal(approve(alice, version), "ROLE_REQUIRED");
  });

  it("name the fields that an approval waits for; a rejection waits for none", async () => {
    const { version } = await waiting("fields", 1, ["description", "author", "tags.card"]);
    await alice.versions.updateVersion({ version: { name: version.name, author: "Alice" } });
    const error = await refusal(approve(rosa, version), "REVIEW_FIELDS_MISSING");
    expect(error.code).to.equal("FAILED_PRECONDITION");
    expect(error.message).to.match(
      /^models\/fields\/versions\/1\.0\.0 cannot be approved without description, tags\.card\. /,
    );
    expect(error.preconditions.map(({ subject }) => subject)).to.deep.equal([
      "models/fields/versions/1.0.0 description",
      "models/fields/versions/1.0.0 tags.card",
    ]);
    const { pendingReviews } = await alice.reviews.listPendingReviews({ parent: "models/fields" });
    expect(pendingReviews[0]?.missingFields).to.deep.equal(["description", "tags.card"]);
    await alice.versions.updateVersion({ version: { name: version.name, description: "x", tags: { card: "y" } } });
    expect((await approve(rosa, version)).version?.state).to.equal(VersionState.PUBLISHED);
    const other = await versions.publish("models/fields");
    expect((await reject(rosa, other)).version?.state).to.equal(VersionState.REJECTED);
  });

  it("refuse what they cannot mean", async () => {
    const { version } = await waiting("refused", 1);
    const { name } = version;
    const silent = await refusal(reject(rosa, version, "  "), "REVIEW_COMMENT_MISSING");
    expect(silent.fields.map(({ field }) => field)).to.deep.equal(["comment"]);
    await refusal(rosa.reviews.submitReview({ version: name }), "REQUEST_INVALID");
    await refusal(approve(rosa, version, { comment: "x".repeat(4097) }), "REQUEST_INVALID");
    await refusal(approve(rosa, version, { etag: "stale" }), "ETAG_MISMATCH");
    await refusal(approve(rosa, { ...version, name: `${name}-rc.1` }), "VERSION_NOT_FOUND");
    const waits = await versions.create("models/refused");
    expect((await refusal(approve(rosa, waits), "VERSION_NOT_READY")).message).to.contain("is VALIDATING");
    await alice.models.deleteModel({ name: "models/refused" });
    await refusal(approve(rosa, version), "MODEL_DELETED");
    await refusal(alice.reviews.listReviews({ version: name }), "VERSION_NOT_FOUND");
    await refusal(viewer.reviews.listReviews({ version: name }), "ROLE_REQUIRED");
  });

  it("count once per request id, and both where two are given at the same moment", async () => {
    const { version } = await waiting("at once", 2);
    const requestId = "5e1f0a52-6f0b-4f9e-9f4e-6f3c0d0a0002";
    const [one, again] = await Promise.all([
      approve(rosa, version, { requestId }),
      approve(rosa, version, { requestId }),
    ]);
    expect(again).to.deep.equal(one);
    const third = server.as({ principal: "users/third", role: "reviewer" });
    const outcomes = await Promise.allSettled([approve(ravi, version), approve(third, version)]);
    expect(outcomes.map(({ status }) => status).toSorted()).to.deep.equal(["fulfilled", "rejected"]);
  });

  it("wait in a queue, the oldest first, in pages", async () => {
    const parent = await versions.model("queue");
    await admin.reviews.updateReviewPolicy({ policy: { name: `${parent}/reviewPolicy`, requiredApprovals: 2 } });
    for (const _ of [1, 2, 3]) await versions.publish(parent);
    await approve(rosa, (await versions.publish(parent)) as Version);
    const { nextPageToken: pageToken, ...first } = await rosa.reviews.listPendingReviews({ parent, pageSize: 3 });
    const second = await rosa.reviews.listPendingReviews({ parent, pageSize: 3, pageToken });
    const all = [...first.pendingReviews, ...second.pendingReviews];
    expect(all.map(({ version }) => version?.number)).to.deep.equal(["1.0.0", "1.0.1", "1.0.2", "1.0.3"]);
    expect(all.map(({ reviews }) => reviews.length)).to.deep.equal([0, 0, 0, 1]);
    expect(all[0]?.requiredApprovals).to.equal(2);
    await alice.models.deleteModel({ name: parent });
    await refusal(rosa.reviews.listPendingReviews({ parent }), "MODEL_NOT_FOUND");
    const { pendingReviews } = await rosa.reviews.listPendingReviews({ parent: "models/-", pageSize: 1000 });
    expect(pendingReviews.map(({ version }) => version?.name)).to.not.include(`${parent}/versions/1.0.0`);
  });
});

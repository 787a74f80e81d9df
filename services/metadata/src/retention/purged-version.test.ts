import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { ReviewVerdict } from "@slipway/gen/slipway/metadata/v1/review_pb.js";
import { TransitionState } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import { until } from "@slipway/runtime/testing";
import { expect } from "chai";
import { given } from "../evaluations/testing/measured.test.ts";
import {
  type Clients,
  eventsOf,
  type MetadataServer,
  refusal,
  startMetadata,
} from "../testing/metadata-server.test.ts";
import { Stages } from "../testing/stages.test.ts";
import { Versions } from "../testing/versions.test.ts";

describe("what is left of a purged version", () => {
  let server: MetadataServer;
  let admin: Clients;
  let versions: Versions;
  let stages: Stages;
  before(async () => {
    server = await startMetadata();
    admin = server.as({ principal: "users/ada", role: "admin" });
    versions = new Versions(server);
    stages = new Stages(server);
  });
  after(() => server.close());

  /** Deletes a version and has retention purge it. */
  async function purge(parent: string, name: string): Promise<void> {
    await admin.versions.deleteVersion({ name });
    const retention = { keepLast: 100, keepStages: ["production"], graceDays: 0 };
    await admin.models.updateModel({ model: { name: parent, retention }, updateMask: { paths: ["retention"] } });
    await until(`${name} is purged`, async () => {
      const { versions: left } = await admin.versions.listVersions({ parent, showDeleted: true });
      return left.every((version) => version.name !== name);
    });
  }

  it("is where it was and when, and who moved it there; history says that it is purged", async () => {
    const parent = await versions.model("history");
    const [first, second] = [await versions.publish(parent), await versions.publish(parent)];
    const { uid } = await stages.toProduction(first.name);
    const thenMs = server.clock.nowMs();
    server.clock.advance(1000);
    await stages.toProduction(second.name);
    const there = async () => {
      const time = timestampFromMs(thenMs);
      const { versions: named, purgedVersions } = await admin.stages.getStageAt({
        model: parent,
        stage: "production",
        time,
      });
      return { named, purgedVersions };
    };
    expect(await there()).to.deep.equal({ named: [first.name], purgedVersions: [] });
    const before = (await admin.stages.listStageEntries({ parent })).entries;

    server.clock.advance(1000);
    await purge(parent, first.name);
    await refusal(admin.versions.getVersion({ name: first.name }), "VERSION_NOT_FOUND");
    expect(await there()).to.deep.equal({ named: [first.name], purgedVersions: [first.name] });
    const { entries } = await admin.stages.listStageEntries({ parent });
    const last = before.findLastIndex(({ version }) => version === first.name);
    const expected = before.map((entry, index) => ({
      ...entry,
      purged: entry.version === first.name,
      // It was in `archived` until it was deleted.
      ...(index === last && { leaveTime: timestampFromMs(server.clock.nowMs()) }),
    }));
    expect(entries).to.deep.equal(expected);
    const filter = `version = "${first.number}"`;
    const { transitions } = await admin.stages.listTransitions({ parent, filter });
    expect(transitions.map((each) => each.uid)).to.include(uid);
    const { transition } = await admin.stages.getTransition({ name: `${parent}/transitions/${uid}` });
    expect(transition).to.include({ version: first.name, versionUid: first.uid, state: TransitionState.APPLIED });
    // Nothing brings it back.
    await refusal(admin.stages.requestTransition({ version: first.name, toStage: "testing" }), "VERSION_NOT_FOUND");
    await refusal(admin.stages.rollBackStage({ model: parent, stage: "production" }), "NOTHING_TO_ROLL_BACK_TO");
  });

  it("is who let it out; what it scored only the events tell", async () => {
    const parent = await versions.model("reviewed");
    await admin.reviews.updateReviewPolicy({ policy: { name: `${parent}/reviewPolicy`, requiredApprovals: 1 } });
    const { name, uid } = await versions.publish(parent);
    const [bob, verdict] = [server.as({ principal: "users/bob", role: "reviewer" }), ReviewVerdict.APPROVE];
    await bob.reviews.submitReview({ version: name, verdict, comment: "looks good" });
    await versions.publish(parent);
    const { evaluation } = await admin.evaluations.recordEvaluation({
      parent: name,
      dataset: "test",
      measured: given({ f1: 0.5 }),
    });
    const { reviews } = await admin.reviews.listReviews({ version: name });

    await purge(parent, name);
    expect((await admin.reviews.listReviews({ version: name })).reviews).to.deep.equal(reviews);
    expect(reviews).to.have.length(1);
    expect(reviews[0]).to.deep.include({ version: name, reviewer: "users/bob", comment: "looks good", verdict });
    await refusal(bob.reviews.submitReview({ version: name, verdict }), "VERSION_NOT_FOUND");
    await refusal(admin.reviews.listReviews({ version: `${parent}/versions/9.0.0` }), "VERSION_NOT_FOUND");
    const globex = server.as({ tenantUid: "00000000-0000-7000-8000-0000000000b0", tenant: "globex", role: "admin" });
    await refusal(globex.reviews.listReviews({ version: name }), "VERSION_NOT_FOUND");

    await refusal(admin.evaluations.listEvaluations({ parent: name }), "VERSION_NOT_FOUND");
    await refusal(admin.evaluations.getEvaluation({ name: evaluation?.name ?? "" }), "VERSION_NOT_FOUND");
    const [recorded] = await eventsOf(admin, evaluation?.uid ?? "", 1);
    expect(recorded?.payload?.metrics).to.deep.equal({ f1: 0.5 });
    expect((await eventsOf(admin, uid, 6)).map(({ type }) => type)).to.include("slipway.version.reviewed");

    await admin.models.deleteModel({ name: parent });
    await refusal(admin.reviews.listReviews({ version: name }), "VERSION_NOT_FOUND");
    await admin.models.purgeModel({ name: parent });
    await versions.model("reviewed");
    await refusal(admin.reviews.listReviews({ version: name }), "VERSION_NOT_FOUND");
  });
});

import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { ModelSchema } from "@slipway/gen/slipway/metadata/v1/model_pb.js";
import {
  RetentionOutcome,
  RetentionPolicySchema,
  RetentionRule,
} from "@slipway/gen/slipway/metadata/v1/retention_pb.js";
import { VersionSchema, VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { expect } from "chai";
import { DAY_MS, decide, type RetentionFacts } from "./retention.ts";

const NOW_MS = 1000 * DAY_MS;

/** A version that nothing keeps, unless told otherwise. */
function version(fields: MessageInitShape<typeof VersionSchema> = {}) {
  const createTime = timestampFromMs(NOW_MS - 100 * DAY_MS);
  const usual = { number: "1.0.0", ordinal: 1n, state: VersionState.PUBLISHED, stage: "development", createTime };
  const ofModel = { name: "iris", aliases: [] };
  return { revision: 1, modelUid: "m", version: create(VersionSchema, { ...usual, ...fields }), ofModel };
}

function facts(policy: MessageInitShape<typeof RetentionPolicySchema> = {}, model: object = {}): RetentionFacts {
  return {
    model: create(ModelSchema, { name: "models/iris", latestVersion: "9.0.0", ...model }),
    policy: create(RetentionPolicySchema, { keepLast: 3, keepStages: ["production"], ...policy }),
    lastFrom: 5n,
    moving: new Set(["moving"]),
    nowMs: NOW_MS,
  };
}

const reasonsOf = (...given: Parameters<typeof decide>) =>
  decide(...given).reasons.map(({ rule, detail }) => `${RetentionRule[rule]}: ${detail}`);

describe("a retention policy", () => {
  it("lets go what nothing keeps", () => {
    const decision = decide(version(), facts());
    expect(decision).to.include({ version: "models/iris/versions/1.0.0", outcome: RetentionOutcome.DELETED });
    expect(decision.reasons).to.deep.equal([]);
  });

  const kept: [given: Parameters<typeof decide>, reason: string][] = [
    [[version(), facts({}, { latestVersion: "1.0.0" })], "LATEST: latest"],
    [[version({ ordinal: 5n }), facts()], "LAST: among the last 3"],
    [[version({ stage: "production" }), facts()], "STAGE: in production"],
    [
      [version(), facts({}, { aliases: { champion: "1.0.0", best: "1.0.0", other: "2.0.0" } })],
      "ALIAS: alias best, champion",
    ],
    [[version({ labels: ["pinned"] }), facts()], "PINNED: label pinned"],
    [[version({ labels: ["keep"] }), facts({ pinLabel: "keep" })], "PINNED: label keep"],
    [[version(), facts({ keepDays: 101 })], "YOUNG: younger than 101 days"],
    [[version({ uid: "moving" }), facts()], "TRANSITION: a transition waits"],
    [[version({ state: VersionState.VALIDATING }), facts()], "UNDECIDED: VALIDATING"],
    [[version({ state: VersionState.READY }), facts()], "UNDECIDED: READY"],
  ];
  for (const [given, reason] of kept) {
    it(`keeps for the reason ${reason}`, () => {
      expect(reasonsOf(...given)).to.deep.equal([reason]);
      expect(decide(...given).outcome).to.equal(RetentionOutcome.KEPT);
    });
  }

  it("says every reason", () => {
    const [given, own] = [version({ ordinal: 9n, labels: ["pinned"], stage: "production" }), facts({ keepDays: 200 })];
    expect(reasonsOf(given, own).length).to.equal(4);
  });

  it("does not count what was rejected among the last, nor a stage of what is no longer published", () => {
    expect(reasonsOf(version({ state: VersionState.REJECTED, ordinal: 9n }), facts())).to.deep.equal([]);
    expect(reasonsOf(version({ state: VersionState.WITHDRAWN, stage: "production" }), facts())).to.deep.equal([]);
    expect(reasonsOf(version({ labels: ["pinned"] }), facts({ pinLabel: "keep" }))).to.deep.equal([]);
    expect(reasonsOf(version(), facts({ keepDays: 100 }))).to.deep.equal([]);
  });

  it("purges after the grace period, unless the label keeps it", () => {
    const deleted = (days: number, labels: string[] = []) =>
      version({ deleteTime: timestampFromMs(NOW_MS - days * DAY_MS), labels });
    const waiting = decide(deleted(6), facts());
    expect(waiting.outcome).to.equal(RetentionOutcome.WAITING);
    expect(waiting.purgeTime && timestampMs(waiting.purgeTime)).to.equal(NOW_MS + DAY_MS);
    expect(decide(deleted(7), facts()).outcome).to.equal(RetentionOutcome.PURGED);
    expect(decide(deleted(6), facts({ graceDays: 6 })).outcome).to.equal(RetentionOutcome.PURGED);
    expect(decide(deleted(0), facts({ graceDays: 0 })).outcome).to.equal(RetentionOutcome.PURGED);
    expect(decide(deleted(30, ["pinned"]), facts()).outcome).to.equal(RetentionOutcome.KEPT);
  });
});

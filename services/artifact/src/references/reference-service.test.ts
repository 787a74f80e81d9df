import { create } from "@bufbuild/protobuf";
import { ReferenceState } from "@slipway/gen/slipway/artifact/v1/reference_service_pb.js";
import { EventSchema } from "@slipway/gen/slipway/event/v1/event_pb.js";
import { expect } from "chai";
import { collect, collectEverything } from "../testing/garbage.test.ts";
import { ALICE, closeHarnesses, type Harness, openHarness, tenantUidOf } from "../testing/harness.test.ts";
import { failureOf, push } from "../testing/pushing.test.ts";

const HOUR_MS = 60 * 60 * 1000;
const HOLDER = "01234567-89ab-4cde-8f01-23456789abcd";
const OTHER_HOLDER = "11234567-89ab-4cde-8f01-23456789abcd";
const SERVICE = "service/acme";

async function withArtifact(): Promise<{ harness: Harness; artifact: string }> {
  const harness = await openHarness();
  const { artifact } = await push(harness.as(ALICE), { f: Buffer.from("x") });
  return { harness, artifact: artifact.name };
}

async function expiryOf(harness: Harness, artifact: string): Promise<number | undefined> {
  const { expireTime } = (await harness.as(ALICE).artifacts.getArtifact({ name: artifact })).artifact ?? {};
  return expireTime === undefined ? undefined : Number(expireTime.seconds) * 1000;
}

/** The same, when so little is left of the artifact's day that a claim has to be written. */
async function withArtifactInTheEvening(): Promise<{ harness: Harness; artifact: string }> {
  const made = await withArtifact();
  made.harness.clock.advance(13 * HOUR_MS);
  return made;
}

describe("a reference", () => {
  afterEach(closeHarnesses);

  it("needs no claim where its artifact stays anyway: for its day, or as long as others hold it and a day longer", async () => {
    const { harness, artifact } = await withArtifact();
    const { references } = harness.as(SERVICE);
    harness.clock.advance(12 * HOUR_MS);
    const first = await references.acquireReference({ artifact, holderUid: HOLDER });
    expect(first.reference).to.equal(undefined);
    expect(first.artifact).to.include({ name: artifact, fileCount: 1 });
    expect((await references.listReferences({ artifact })).references).to.deep.equal([]);
    harness.clock.advance(11 * HOUR_MS);
    await references.confirmReference({ artifact, holderUid: HOLDER });
    harness.clock.advance(48 * HOUR_MS);
    await collectEverything(harness);

    // The collector has noted by now that somebody holds it.
    expect((await references.acquireReference({ artifact, holderUid: OTHER_HOLDER })).reference).to.equal(undefined);
    await references.releaseReference({ artifact, holderUid: HOLDER });
    harness.clock.advance(20 * HOUR_MS);
    await collect(harness);
    const { reference } = await references.confirmReference({ artifact, holderUid: OTHER_HOLDER });
    expect(reference).to.include({ artifact, holderUid: OTHER_HOLDER, state: ReferenceState.CONFIRMED });
    harness.clock.advance(240 * HOUR_MS);
    await collectEverything(harness);
    expect(await expiryOf(harness, artifact)).to.equal(undefined);
  });

  it("is pending for an hour, the same for the same holder, and comes with its artifact", async () => {
    const { harness, artifact } = await withArtifactInTheEvening();
    const { references } = harness.as(SERVICE);
    const first = await references.acquireReference({ artifact, holderUid: HOLDER });
    expect(first.reference).to.include({ artifact, holderUid: HOLDER, state: ReferenceState.PENDING });
    expect(Number(first.reference?.expireTime?.seconds) * 1000).to.equal(harness.clock.nowMs() + HOUR_MS);
    expect(first.artifact).to.include({ name: artifact, fileCount: 1 });
    harness.clock.advance(1000);
    const again = await references.acquireReference({ artifact, holderUid: HOLDER });
    expect(again.reference).to.deep.equal(first.reference);
  });

  it("keeps its artifact while it counts: pending until it lapses, confirmed until it is released", async () => {
    const { harness, artifact } = await withArtifact();
    const { references } = harness.as(SERVICE);
    const created = harness.clock.nowMs();
    expect(await expiryOf(harness, artifact)).to.equal(created + 24 * HOUR_MS);
    harness.clock.advance(13 * HOUR_MS);
    await references.acquireReference({ artifact, holderUid: HOLDER });
    expect(await expiryOf(harness, artifact)).to.equal(undefined);
    harness.clock.advance(HOUR_MS);
    expect(await expiryOf(harness, artifact)).to.equal(created + 24 * HOUR_MS);
    expect((await references.listReferences({ artifact })).references).to.deep.equal([]);
    await references.acquireReference({ artifact, holderUid: HOLDER });
    for (let time = 0; time < 2; time += 1) {
      const { reference } = await references.confirmReference({ artifact, holderUid: HOLDER });
      expect(reference?.state).to.equal(ReferenceState.CONFIRMED);
      expect(reference?.expireTime).to.equal(undefined);
    }
    harness.clock.advance(100 * HOUR_MS);
    expect(await expiryOf(harness, artifact)).to.equal(undefined);
    for (let time = 0; time < 2; time += 1) await references.releaseReference({ artifact, holderUid: HOLDER });
    expect(await expiryOf(harness, artifact)).to.equal(harness.clock.nowMs() + 24 * HOUR_MS);
  });

  it("is listed oldest first, by artifact or for the whole tenant", async () => {
    const { harness, artifact } = await withArtifact();
    const other = (await push(harness.as(ALICE), { f: Buffer.from("y") })).artifact.name;
    const { references } = harness.as(SERVICE);
    await references.confirmReference({ artifact, holderUid: HOLDER });
    await references.confirmReference({ artifact: other, holderUid: HOLDER });
    await references.confirmReference({ artifact, holderUid: OTHER_HOLDER });
    const holders = async (request: { artifact?: string }) =>
      (await references.listReferences(request)).references.map(({ holderUid }) => holderUid);
    expect(await holders({ artifact })).to.deep.equal([HOLDER, OTHER_HOLDER]);
    expect(await holders({})).to.deep.equal([HOLDER, HOLDER, OTHER_HOLDER]);
    const foreign = harness.as("service/other").references;
    expect((await foreign.listReferences({})).references).to.deep.equal([]);
    const failure = await failureOf(foreign.acquireReference({ artifact, holderUid: HOLDER }));
    expect(failure.reason).to.equal("ARTIFACT_NOT_FOUND");
  });

  it("is for services only, and of an artifact that exists", async () => {
    const { harness, artifact } = await withArtifact();
    const asUser = harness.as(ALICE).references.acquireReference({ artifact, holderUid: HOLDER });
    expect((await failureOf(asUser)).reason).to.equal("SERVICE_REQUIRED");
    const missing = { artifact: `artifacts/${"0".repeat(64)}`, holderUid: HOLDER };
    for (const call of ["acquireReference", "confirmReference"] as const) {
      const failure = await failureOf(harness.as(SERVICE).references[call](missing));
      expect(failure.reason, call).to.equal("ARTIFACT_NOT_FOUND");
    }
  });

  it("begins when its version is created, and ends when the version is purged", async () => {
    const { harness, artifact } = await withArtifact();
    const { references } = harness.as(SERVICE);
    const about = { tenantUid: tenantUidOf("acme"), tenant: "acme", subjectUid: HOLDER, payload: { artifact } };
    const states = async () => (await references.listReferences({ artifact })).references.map(({ state }) => state);
    const becomes = async (expected: ReferenceState[]) => {
      while (JSON.stringify(await states()) !== JSON.stringify(expected)) await new Promise(setImmediate);
    };
    await harness.report(create(EventSchema, { ...about, id: "1", type: "slipway.version.created" }));
    await becomes([ReferenceState.CONFIRMED]);
    await harness.report(create(EventSchema, { ...about, id: "2", type: "slipway.version.purged" }));
    await becomes([]);
  });
});

import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { Verdict } from "@slipway/gen/slipway/artifact/v1/inspection_pb.js";
import { type Version, VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { expect } from "chai";
import { type MetadataServer, refusal, service, startMetadata } from "../testing/metadata-server.test.ts";
import { Versions } from "../testing/versions.test.ts";

const LONG = durationFromMs(60_000);

describe("GetVersion that waits for the admission", () => {
  let server: MetadataServer;
  let other: MetadataServer;
  let versions: Versions;
  before(async () => {
    server = await startMetadata();
    other = await startMetadata(server);
    versions = new Versions(server);
  });
  after(async () => {
    await other.close();
    await server.close();
  });

  const state = async ({ name }: Version, waitForAdmission = durationFromMs(0)) =>
    (await server.as().versions.getVersion({ name, waitForAdmission })).version?.state;

  const finish = (by: MetadataServer, { uid }: Version, verdict: Verdict) =>
    by.as(service).versions.finishValidation({ versionUid: uid, run: "runs/1", proven: true, verdict });

  const instances: [string, () => MetadataServer][] = [
    ["the same instance", () => server],
    ["another instance, whose events do not reach this one", () => other],
  ];
  for (const [whose, by] of instances) {
    it(`answers when ${whose} has decided`, async () => {
      const version = await versions.create(await versions.model(`decided by ${whose.slice(0, 16)}`));
      const waiting = state(version, LONG);
      // The wait has begun before: its first look is in front of this one.
      expect(await state(version)).to.equal(VersionState.VALIDATING);
      await finish(by(), version, Verdict.DANGEROUS);
      expect(await waiting).to.equal(VersionState.REJECTED);
    });
  }

  it("answers at once where the admission has ended, and viewers, who must not learn of it", async () => {
    const version = await versions.create(await versions.model("ended"));
    const viewer = server.as({ role: "viewer" }).versions;
    await refusal(viewer.getVersion({ name: version.name, waitForAdmission: LONG }), "VERSION_NOT_FOUND");
    await finish(server, version, Verdict.SAFE);
    expect(await state(version, LONG)).to.equal(VersionState.PUBLISHED);
  });

  it("answers with the version as it is when the time is over", async () => {
    const version = await versions.create(await versions.model("undecided"));
    expect(await state(version, durationFromMs(30))).to.equal(VersionState.VALIDATING);
  });

  it("waits for a minute at most", async () => {
    const call = server.as().versions.getVersion({
      name: "models/iris/versions/1.0.0",
      waitForAdmission: durationFromMs(60_001),
    });
    expect((await refusal(call, "REQUEST_INVALID")).fields[0]?.field).to.equal("wait_for_admission");
  });
});

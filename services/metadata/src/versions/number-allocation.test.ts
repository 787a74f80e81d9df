import { Compatibility } from "@slipway/gen/slipway/metadata/v1/model_pb.js";
import { Bump } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { expect } from "chai";
import { type Clients, type MetadataServer, refusal, startMetadata } from "../testing/metadata-server.test.ts";
import {
  askForVersion,
  base,
  broken,
  numbersGiven,
  type SignatureInit,
  type VersionRequest,
  wider,
} from "../testing/version-requests.test.ts";
import { Versions } from "../testing/versions.test.ts";

describe("numbers of versions", () => {
  let server: MetadataServer;
  let alice: Clients;
  let models = 0;
  before(async () => {
    server = await startMetadata();
    alice = server.as();
  });
  after(() => server.close());

  const newModel = () => {
    models += 1;
    return new Versions(server).model(`model ${models}`);
  };
  const create = (parent: string, request?: VersionRequest) => askForVersion(server, parent, request);
  const numbers = (parent: string, requests: VersionRequest[]) => numbersGiven(server, parent, requests);

  describe("numbers", () => {
    it("go up from 1.0.0 by the bumps that are asked for", async () => {
      const parent = await newModel();
      const bumps = [Bump.MAJOR, Bump.PATCH, Bump.MINOR, Bump.PATCH, Bump.MAJOR].map((bump) => ({ bump }));
      expect(await numbers(parent, bumps)).to.deep.equal(["1.0.0", "1.0.1", "1.1.0", "1.1.1", "2.0.0"]);
    });

    it("start where the client says", async () => {
      expect(await numbers(await newModel(), [{ number: "0.3.0" }, {}])).to.deep.equal(["0.3.0", "0.3.1"]);
    });

    it("patch an older line, above what is on it", async () => {
      const parent = await newModel();
      const inits = [
        { number: "1.2.0" },
        { number: "1.3.0" },
        { number: "2.0.0" },
        { base: "1.2.0", bump: Bump.PATCH },
        { base: "1.2.0" },
        { base: "1.2.0", bump: Bump.MINOR },
        { base: "1.2.0", bump: Bump.MAJOR },
      ];
      const given = ["1.2.0", "1.3.0", "2.0.0", "1.2.1", "1.2.2", "1.4.0", "3.0.0"];
      expect(await numbers(parent, inits)).to.deep.equal(given);
    });

    it("finish pre-releases and pass over them", async () => {
      const parent = await newModel();
      const inits = [
        { number: "1.0.0" },
        { number: "2.0.0-rc.1" },
        { bump: Bump.PATCH },
        { bump: Bump.MAJOR },
        { number: "2.1.0-beta" },
        { bump: Bump.MINOR },
      ];
      const given = ["1.0.0", "2.0.0-rc.1", "1.0.1", "2.0.0", "2.1.0-beta", "2.1.0"];
      expect(await numbers(parent, inits)).to.deep.equal(given);
    });

    it("are never given twice, not even after a delete", async () => {
      const parent = await newModel();
      await numbers(parent, [{ number: "1.0.0" }, { number: "1.5.0" }]);
      for (const number of ["1.0.0", "1.5.0"]) {
        const error = await refusal(create(parent, { number }), "VERSION_NUMBER_TAKEN");
        expect(error.code).to.equal("ALREADY_EXISTS");
      }
      await alice.versions.deleteVersion({ name: `${parent}/versions/1.5.0` });
      const error = await refusal(create(parent, { number: "1.5.0" }), "VERSION_NUMBER_TAKEN");
      expect(error.message)
        .to.contain("The number 1.5.0 is taken, maybe by a deleted version")
        .and.contain("Use 1.5.1");
      expect((await create(parent)).version?.number).to.equal("1.5.1");
    });

    for (const number of ["1", "v1.0.0", "1.0.0+build", "01.0.0", "1.0", "latest"]) {
      it(`cannot be ${number}`, async () => {
        const error = await refusal(create(await newModel(), { number }), "VERSION_NUMBER_INVALID");
        expect(error.code).to.equal("INVALID_ARGUMENT");
        expect(error.message).to.contain(`"${number}"`).and.contain("such as 1.2.0");
      });
    }

    it("cannot continue what does not exist", async () => {
      const parent = await newModel();
      const error = await refusal(create(parent, { base: "1.0.0" }), "VERSION_BASE_NOT_FOUND");
      expect(error.code).to.equal("INVALID_ARGUMENT");
      expect(error.message).to.contain(`The base 1.0.0 is no version of ${parent}`);
    });

    it("are dense in ordinals and unique under writers at the same moment", async () => {
      const parent = await newModel();
      const replies = await Promise.all(Array.from({ length: 32 }, () => create(parent)));
      const created = replies.map(({ version }) => version);
      const expected = Array.from({ length: 32 }, (_, index) => index);
      expect(created.map((version) => Number(version?.ordinal)).sort((a, b) => a - b)).to.deep.equal(
        expected.map((index) => index + 1),
      );
      expect(created.map((version) => version?.number)).to.have.members(expected.map((index) => `1.0.${index}`));
      expect((await alice.models.getModel({ name: parent })).model?.versionCount).to.equal(32n);
    });
  });

  describe("promises", () => {
    const auto: [what: string, next: SignatureInit | undefined, number: string, required: Bump][] = [
      ["the same signature", base, "1.0.1", Bump.PATCH],
      ["a new output", wider, "1.1.0", Bump.MINOR],
      ["an input of another type", broken, "2.0.0", Bump.MAJOR],
      ["no signature", undefined, "1.0.1", Bump.PATCH],
    ];
    for (const [what, next, number, required] of auto) {
      it(`AUTO gives ${number} for ${what}`, async () => {
        const parent = await newModel();
        await create(parent, { artifact: server.artifact(7, base) });
        const { version, decision } = await create(parent, { artifact: server.artifact(8, next) });
        expect(version?.number).to.equal(number);
        expect(decision).to.deep.include({ requiredBump: required, comparedWith: next === undefined ? "" : "1.0.0" });
        expect(decision?.reason).to.contain(`AUTO gave ${Bump[required]}`);
        if (next === undefined) expect(decision?.reason).to.contain("this version has no signature");
      });
    }

    it("are told, and refuse nothing that is asked for, where the model asks for no compatibility", async () => {
      const parent = await newModel();
      const relax = { model: { name: parent, compatibility: Compatibility.NONE } };
      await refusal(alice.models.updateModel(relax), "ROLE_REQUIRED");
      await server.as({ role: "admin" }).models.updateModel(relax);
      await create(parent, { artifact: server.artifact(7, base) });
      for (const [init, number] of [
        [{ number: "1.0.5" }, "1.0.5"],
        [{ bump: Bump.PATCH, signature: base }, "1.0.6"],
      ] as const) {
        const { version, decision } = await create(parent, { signature: broken, ...init });
        expect([version?.number, decision?.requiredBump]).to.deep.equal([number, Bump.MAJOR]);
        expect(decision?.differences).to.have.length(1);
      }
      const { version } = await create(parent, { signature: broken });
      expect(version?.number).to.equal("2.0.0");
    });

    it("are kept by explicit numbers and bumps", async () => {
      const parent = await newModel();
      await create(parent, { artifact: server.artifact(7, base) });
      for (const init of [{ number: "1.1.0" }, { number: "1.1.0-rc.1" }, { bump: Bump.MINOR }, { bump: Bump.PATCH }]) {
        const error = await refusal(create(parent, { signature: broken, ...init }), "VERSION_BUMP_TOO_SMALL");
        expect(error.code).to.equal("INVALID_ARGUMENT");
        expect(error.message).to.contain("inputs.x type changed from float32 to float64").and.contain("2.0.0");
        expect(error.fields).to.deep.equal([
          {
            field: "signature.inputs.x",
            description: "type changed from float32 to float64",
            reason: "MAJOR",
          },
        ]);
      }
      const accepted = [{ number: "2.0.0-rc.1" }, { number: "2.0.0" }, { bump: Bump.MAJOR }];
      expect(
        await numbers(
          parent,
          accepted.map((init) => ({ signature: broken, ...init })),
        ),
      ).to.deep.equal(["2.0.0-rc.1", "2.0.0", "3.0.0"]);
      expect((await create(parent, { number: "0.9.0", signature: wider })).version?.number).to.equal("0.9.0");
    });

    it("are measured against the version before the number, not against a later one", async () => {
      const parent = await newModel();
      await create(parent, { number: "1.2.0", signature: base });
      await create(parent, { number: "2.0.0", signature: broken });
      const { version, decision } = await create(parent, { base: "1.2.0", signature: base });
      expect(version?.number).to.equal("1.2.1");
      expect(decision?.comparedWith).to.equal("1.2.0");
      expect((await create(parent, { number: "1.3.0", signature: wider })).decision?.comparedWith).to.equal("1.2.1");
      await refusal(create(parent, { number: "2.0.1", signature: base }), "VERSION_BUMP_TOO_SMALL");
    });

    it("ignore rejected, deleted and unstable versions", async () => {
      const parent = await newModel();
      await create(parent, { number: "1.0.0", signature: base });
      const rejected = await create(parent, { number: "2.0.0", signature: broken });
      const workflow = server.as({ service: true });
      const outcome = { run: "runs/1", proven: false, verdict: 1, findings: [] };
      await workflow.versions.finishValidation({ versionUid: rejected.version?.uid ?? "", ...outcome });
      const after = await create(parent, { number: "2.1.0", signature: wider });
      expect(after.decision?.comparedWith).to.equal("1.0.0");
      await alice.versions.deleteVersion({ name: after.version?.name ?? "" });
      await create(parent, { number: "2.2.0-rc.1", signature: broken });
      expect((await create(parent, { number: "2.2.0", signature: wider })).decision?.comparedWith).to.equal("1.0.0");
    });

    it("promise nothing below 1.0.0", async () => {
      const parent = await newModel();
      await create(parent, { number: "0.1.0", signature: base });
      expect((await create(parent, { number: "0.1.1", signature: broken })).version?.number).to.equal("0.1.1");
    });

    it("tell only so many differences in an error", async () => {
      const parent = await newModel();
      const inputs = Array.from({ length: 30 }, (_, index) => ({ name: `x${index}`, dtype: "int8" }));
      await create(parent, { signature: { inputs } });
      const none = { outputs: [{ name: "y", dtype: "int8" }] };
      const error = await refusal(create(parent, { bump: Bump.PATCH, signature: none }), "VERSION_BUMP_TOO_SMALL");
      expect(error.fields).to.have.length(11);
      expect(error.fields.at(-1)?.description).to.equal("and 21 more differences");
      expect(error.message).to.contain("and 28 more");
    });
  });
});

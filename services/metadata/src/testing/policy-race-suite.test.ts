import type { DocumentStore, Write } from "@slipway/documents";
import { expect } from "chai";
import { DEFAULT_POLICY } from "../policies/default-policy.ts";
import {
  type Clients,
  type MetadataServer,
  type OpenDocuments,
  refusal,
  startMetadata,
} from "./metadata-server.test.ts";
import { Stages } from "./stages.test.ts";
import { Versions } from "./versions.test.ts";

const { stages: usual, edges: ways } = DEFAULT_POLICY;

/** The default policy of the tenant, with a stage more behind `testing` where it is asked for. */
const policy = (more: { name: string; exclusive?: boolean; displacedTo?: string }[]) => ({
  name: "stagePolicy",
  stages: [...usual, ...more],
  edges: [...ways, ...more.map(({ name }) => ({ from: "testing", to: name }))],
});

/** What must hold of a tenant's policy that changes while versions move on another server; `opening` opens a new database. */
export function describePolicyRaces(engine: string, opening: () => OpenDocuments): void {
  describe(`a tenant's policy on ${engine} that changes at the moment when something is judged by it`, () => {
    let one: MetadataServer;
    let other: MetadataServer;
    let alice: Clients;
    let admin: Clients;
    let versions: Versions;
    let stages: Stages;
    /** Called before the administrator's server commits anything about policies, with how often it did so before. */
    let before: (commit: number) => Promise<void>;
    let commits = 0;
    /** Opens as `open` does, and calls `before`. */
    const hooked =
      (open: OpenDocuments): OpenDocuments =>
      async (folder, options) => {
        const { documents, acrossTenants } = await open(folder, options);
        const commit = async (writes: Write[], commitId: string) => {
          if (writes.some(({ key, kind }) => key.collection === "stage-policies" && kind !== "check")) {
            commits += 1;
            await before(commits);
          }
          return documents.commit(writes, commitId);
        };
        const hookedDocuments: DocumentStore = {
          get: (key) => documents.get(key),
          getMany: (keys) => documents.getMany(keys),
          query: (query) => documents.query(query),
          count: (query, cap) => documents.count(query, cap),
          commit,
          close: () => documents.close(),
        };
        return { documents: hookedDocuments, acrossTenants };
      };
    beforeEach(async () => {
      const open = opening();
      one = await startMetadata(undefined, open);
      other = await startMetadata(one, hooked(open));
      alice = one.as();
      admin = other.as({ principal: "users/ada", role: "admin" });
      versions = new Versions(one);
      stages = new Stages(one);
      before = async () => undefined;
      await admin.stages.updateStagePolicy({ policy: policy([{ name: "canary" }]) });
      commits = 0;
    });
    afterEach(async () => {
      await other?.close();
      await one?.close();
    });

    async function inTesting(): Promise<string> {
      const { name } = await versions.publish(await versions.model(`model-${commits}-${one.ids.uid()}`));
      await stages.request(name, "testing");
      return name;
    }
    const toCanary = (version: string) => alice.stages.requestTransition({ version, toStage: "canary" });
    const update = (more: Parameters<typeof policy>[0]) => admin.stages.updateStagePolicy({ policy: policy(more) });
    const revision = async () => (await alice.stages.getStagePolicy({ name: "stagePolicy" })).policy?.revision;

    it("is refused where a version entered a stage that it takes away, and stays as it was", async () => {
      const version = await inTesting();
      before = async (commit) => {
        if (commit === 1) await toCanary(version);
      };
      const { message } = await refusal(update([]), "STAGE_IN_USE");
      expect(message).to.contain(`${version} is in the stage "canary", which would be gone`);
      expect(await revision()).to.equal(1n);
      const second = await inTesting();
      expect((await toCanary(second)).transition?.toStage).to.equal("canary");
    });

    it("holds for whoever asks once it is about to be changed", async () => {
      const version = await inTesting();
      let asked: Promise<unknown> = Promise.resolve();
      before = async (commit) => {
        if (commit === 2) asked = toCanary(version).catch((error: unknown) => error);
      };
      const { policy: changed } = await update([]);
      expect(changed).to.deep.include({ revision: 2n });
      await refusal(
        asked.then((error) => Promise.reject(error)),
        "STAGE_UNKNOWN",
      );
      expect(await stages.stageOf(version)).to.equal("testing");
      await admin.stages.deleteStagePolicy({ name: "stagePolicy" });
      expect(await revision()).to.equal(0n);
      expect((await update([{ name: "canary" }])).policy?.revision, "goes on").to.equal(4n);
    });

    it("has no stage by the name of an alias that is set at the same moment", async () => {
      const version = await inTesting();
      const [model = "", number = ""] = version.split("/versions/");
      before = async (commit) => {
        if (commit === 1) await alice.models.setAlias({ model, alias: "beta", version: number });
      };
      await refusal(update([{ name: "canary" }, { name: "beta" }]), "STAGE_NAME_TAKEN");
    });

    it("keeps others waiting no longer than its server may take, and comes too late then", async () => {
      const version = await inTesting();
      const late = Promise.withResolvers<void>();
      before = async (commit) => {
        if (commit === 2) await late.promise;
      };
      const changing = update([]);
      const asked = toCanary(version);
      one.clock.advance(10_000);
      expect((await asked).transition?.toStage).to.equal("canary");
      late.resolve();
      await refusal(changing, "STAGE_IN_USE");
      expect(await revision()).to.equal(1n);
      expect(await stages.stageOf(version)).to.equal("canary");
    });

    it("never leaves a version in a stage that there is not, whoever of both is first", async () => {
      for (let round = 0; round < 10; round += 1) {
        const version = await inTesting();
        await Promise.allSettled([toCanary(version), update([])]);
        const { policy: now } = await alice.stages.getStagePolicy({ name: "stagePolicy" });
        const known = now?.stages.map(({ name }) => name);
        expect(known).to.include(await stages.stageOf(version));
        if (known?.includes("canary")) await alice.versions.deleteVersion({ name: version });
        else await update([{ name: "canary" }]);
      }
    });
  });
}

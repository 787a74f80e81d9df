import type { MessageInitShape } from "@bufbuild/protobuf";
import { Verdict } from "@slipway/gen/slipway/artifact/v1/inspection_pb.js";
import {
  RetentionOutcome,
  type RetentionPolicySchema,
  RetentionRule,
} from "@slipway/gen/slipway/metadata/v1/retention_pb.js";
import { Bump } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { silentLogger } from "@slipway/runtime";
import { until } from "@slipway/runtime/testing";
import { expect } from "chai";
import { findRetained } from "../across-tenants.ts";
import { ChangeStore } from "../changes/change-store.ts";
import { KeyedQueue } from "../changes/keyed-queue.ts";
import { EvaluationStore } from "../evaluations/evaluation-store.ts";
import { given } from "../evaluations/testing/measured.test.ts";
import { RelationReleaseWorker } from "../lineage/relation-release-worker.ts";
import { RelationStore } from "../lineage/relation-store.ts";
import { ModelStore } from "../models/model-store.ts";
import { PolicyStore } from "../policies/policy-store.ts";
import {
  type Clients,
  eventsOf,
  type MetadataServer,
  refusal,
  startMetadata,
} from "../testing/metadata-server.test.ts";
import { lineageOf, namesOf, relationOf } from "../testing/relations.test.ts";
import { Stages } from "../testing/stages.test.ts";
import { Versions } from "../testing/versions.test.ts";
import { StageEntryStore } from "../transitions/stage-entry-store.ts";
import { StageWorker } from "../transitions/stage-worker.ts";
import { TransitionStore } from "../transitions/transition-store.ts";
import { PurgeRemainderStore } from "../versions/purge-remainder-store.ts";
import { PurgeRemainderWorker } from "../versions/purge-remainder-worker.ts";
import { RetiredNumberStore } from "../versions/retired-number-store.ts";
import { VersionRemovalWorker } from "../versions/version-removal-worker.ts";
import { VersionStore } from "../versions/version-store.ts";
import { DAY_MS } from "./retention.ts";
import { RetentionSweeper } from "./retention-sweeper.ts";

type PolicyInit = MessageInitShape<typeof RetentionPolicySchema>;
const POLICY: PolicyInit = { keepLast: 2, keepStages: ["production"], graceDays: 7 };

describe("retention", () => {
  let server: MetadataServer;
  let admin: Clients;
  let versions: Versions;
  let sweeper: RetentionSweeper;
  before(async () => {
    server = await startMetadata();
    admin = server.as({ role: "admin", principal: "users/ada" });
    versions = new Versions(server);
    sweeper = sweeperOf(server);
  });
  after(() => server.close());

  const sweep = () => sweeper.sweep(new AbortController().signal);
  const setPolicy = (name: string, retention: PolicyInit | undefined, { models } = admin) =>
    models.updateModel({ model: { name, ...(retention && { retention }) }, updateMask: { paths: ["retention"] } });

  /** A model with so many published versions: 1.0.0, 1.0.1 … */
  async function modelWith(name: string, count: number): Promise<string> {
    const parent = await versions.model(name);
    for (let n = 0; n < count; n += 1) await versions.publish(parent);
    return parent;
  }
  async function numbersOf(parent: string, showDeleted = false): Promise<string[]> {
    const reply = await admin.versions.listVersions({ parent, showDeleted, pageSize: 1000 });
    return reply.versions.map(({ number }) => number);
  }
  async function outcomesOf(name: string, policy?: PolicyInit): Promise<string[]> {
    const { decisions } = await admin.models.previewRetention({ name, ...(policy && { policy }) });
    return decisions.map(({ version, outcome, reasons }) => {
      const why = reasons.map(({ rule }) => RetentionRule[rule]).join(" ");
      return `${version.split("/").at(-1)} ${RetentionOutcome[outcome]} ${why}`.trim();
    });
  }

  it("shows first what would go and why the others stay, then does it, and purges after the grace period", async () => {
    const name = await modelWith("story", 5);
    await admin.models.setAlias({ model: name, alias: "champion", version: "1.0.0" });
    const tuned = await versions.publish(await versions.model("story-tuned"));
    const middle = `${name}/versions/1.0.1`;
    await admin.lineage.addRelation(relationOf({ source: tuned.name, version: middle }));
    await admin.lineage.addRelation(relationOf({ source: `${name}/versions/1.0.2`, dataset: "imdb" }));
    const measured = given({ f1: 0.5 });
    for (const number of ["1.0.2", "1.0.4"]) {
      await admin.evaluations.recordEvaluation({ parent: `${name}/versions/${number}`, dataset: "test", measured });
    }
    const preview = ["1.0.4 KEPT LATEST LAST", "1.0.3 KEPT LAST", "1.0.2 DELETED", "1.0.1 DELETED", "1.0.0 KEPT ALIAS"];
    expect(await outcomesOf(name, POLICY)).to.deep.equal(preview);
    expect((await numbersOf(name)).length).to.equal(5);

    await setPolicy(name, POLICY);
    expect(await outcomesOf(name)).to.satisfy((found: string[]) => found[0] === preview[0]);
    await sweep();
    expect(await numbersOf(name)).to.deep.equal(["1.0.0", "1.0.3", "1.0.4"]);
    const waiting = ["1.0.4 KEPT LATEST LAST", "1.0.3 KEPT LAST", "1.0.2 WAITING", "1.0.1 WAITING", "1.0.0 KEPT ALIAS"];
    expect(await outcomesOf(name)).to.deep.equal(waiting);

    const { version: gone } = await admin.versions.undeleteVersion({ name: `${name}/versions/1.0.2` });
    await sweep();
    expect(await numbersOf(name), "deleted again, since nothing keeps it").to.not.include("1.0.2");
    server.clock.advance(7 * DAY_MS);
    await sweep();
    expect(await numbersOf(name, true)).to.deep.equal(["1.0.0", "1.0.3", "1.0.4"]);
    const types = (await eventsOf(admin, gone?.uid ?? "", 7)).map(({ type, actor }) => `${type} ${actor}`);
    expect(types.slice(-2)).to.deep.equal(["slipway.version.deleted users/ada", "slipway.version.purged users/ada"]);

    // What came from a purged version can still be followed; what nothing needs is gone.
    expect(namesOf(await lineageOf(admin, tuned.name))).to.deep.equal([tuned.name, middle]);
    await refusal(admin.versions.undeleteVersion({ name: middle }), "VERSION_NOT_FOUND");
    // The server's own sweeper works too: it may be the one that still removes.
    await until("what belonged to the purged versions is gone", async () => {
      const count = async (collection: string) =>
        (await server.acrossTenants.query({ collection, limit: 1000 })).documents.length;
      return (await count("evaluations")) === 1 && (await count("purge-remainders")) === 0;
    });
    expect(namesOf(await lineageOf(admin, { name: "imdb" }))).to.deep.equal(["imdb"]);
  });

  it("never gives the number of a purged version again", async () => {
    const name = await versions.model("numbers");
    for (const number of ["1.0.0", "1.0.1", "2.0.0", "2.0.1"]) await versions.publish(name, { number });
    await setPolicy(name, { ...POLICY, graceDays: 0 });
    await sweep();
    await sweep();
    expect(await numbersOf(name, true)).to.deep.equal(["2.0.0", "2.0.1"]);
    const ask = (numbering: object) =>
      admin.versions.createVersion({ parent: name, artifact: server.artifact(1), base: "1.0.0", ...numbering });
    await refusal(ask({ numbering: { case: "number", value: "1.0.1" } }), "VERSION_NUMBER_TAKEN");
    const { version } = await ask({ numbering: { case: "bump", value: Bump.PATCH } });
    expect(version?.number).to.equal("1.0.2");
    const { model } = await admin.models.deleteModel({ name });
    const retired = async () => {
      const { documents } = await server.acrossTenants.query({ collection: "retired-numbers", limit: 1000 });
      return documents.filter(({ body }) => body.modelUid === model?.uid).map(({ body }) => body.number);
    };
    expect(await retired()).to.deep.equal(["1.0.0", "1.0.1"]);
    await admin.models.purgeModel({ name });
    expect(await retired()).to.deep.equal([]);
    const again = await versions.publish(await versions.model("numbers"), { number: "1.0.1" });
    expect(again.number).to.equal("1.0.1");
  });

  it("keeps what is pinned, young or undecided, and lets rejected ones go", async () => {
    const name = await versions.model("kinds");
    const pinned = await versions.publish(name, { labels: ["pinned"] });
    await versions.publish(name);
    const waiting = await versions.create(name);
    for (const _ of [1, 2]) await versions.publish(name);
    const rejected = await versions.finish(await versions.create(name), Verdict.DANGEROUS);
    await setPolicy(name, { ...POLICY, keepDays: 1 });
    await sweep();
    expect((await numbersOf(name)).length, "all are young").to.equal(6);
    server.clock.advance(DAY_MS);
    await sweep();
    const left = await numbersOf(name);
    expect(left).to.include.members([pinned.number, waiting.number, "1.0.3", "1.0.4"]);
    expect(left).to.not.include.members([rejected.number, "1.0.1"]);
  });

  it("keeps what a transition waits for", async () => {
    const name = await modelWith("moving", 3);
    const stages = new Stages(server);
    await stages.policy(name, [
      { from: "development", to: "testing", approvals: { count: 1 } },
      { from: "testing", to: "production" },
      { from: "production", to: "archived" },
    ]);
    await stages.request(`${name}/versions/1.0.0`, "testing");
    expect((await outcomesOf(name, { ...POLICY, keepLast: 1 })).slice(1)).to.deep.equal([
      "1.0.1 DELETED",
      "1.0.0 KEPT TRANSITION",
    ]);
    await setPolicy(name, { ...POLICY, keepLast: 1 });
    await sweep();
    expect(await numbersOf(name)).to.deep.equal(["1.0.0", "1.0.2"]);
  });

  it("is set and taken back by administrators, with sensible bounds", async () => {
    const name = await modelWith("rights", 4);
    await refusal(setPolicy(name, POLICY, server.as()), "ROLE_REQUIRED");
    for (const wrong of [{ keepLast: 0 }, { keepStages: [] }, { keepDays: -1 }, { graceDays: 40_000 }]) {
      await refusal(setPolicy(name, { ...POLICY, ...wrong }), "REQUEST_INVALID");
    }
    const error = await refusal(admin.models.previewRetention({ name }), "RETENTION_MISSING");
    expect(error.message).to.contain(`${name} has no retention policy, so all its versions stay.`);
    await sweep();
    expect((await numbersOf(name)).length).to.equal(4);
    const { model } = await setPolicy(name, { ...POLICY, keepLast: 100 });
    expect(model?.retention).to.include({ keepLast: 100, graceDays: 7 });
    // Others may go on describing it.
    await server.as().models.updateModel({ model: { name, description: "new" } });
    expect((await setPolicy(name, undefined)).model?.retention).to.equal(undefined);
    await refusal(admin.models.previewRetention({ name: "models/nobody", policy: POLICY }), "MODEL_NOT_FOUND");
    await admin.models.deleteModel({ name });
    await refusal(admin.models.previewRetention({ name, policy: POLICY }), "MODEL_DELETED");
  });

  it("previews page by page", async () => {
    const name = await modelWith("pages", 5);
    const first = await admin.models.previewRetention({ name, policy: POLICY, pageSize: 3 });
    const rest = await admin.models.previewRetention({
      name,
      policy: POLICY,
      pageSize: 3,
      pageToken: first.nextPageToken,
    });
    const found = [...first.decisions, ...rest.decisions].map(({ version }) => version.split("/").at(-1));
    expect(found).to.deep.equal(["1.0.4", "1.0.3", "1.0.2", "1.0.1", "1.0.0"]);
    expect(rest.nextPageToken).to.equal("");
  });

  it("decides anew where something changed after it looked", async () => {
    const name = await modelWith("races", 12);
    await setPolicy(name, { ...POLICY, keepLast: 2 });
    const pinning = ["1.0.2", "1.0.5", "1.0.8"].map((number) =>
      admin.versions
        .updateVersion({ version: { name: `${name}/versions/${number}`, labels: ["pinned"] } })
        .then(() => number)
        .catch(() => undefined),
    );
    const [, ...pinned] = await Promise.all([sweep(), ...pinning]);
    const left = await numbersOf(name);
    expect(left).to.include.members([...pinned.filter((number) => number !== undefined), "1.0.10", "1.0.11"]);
    expect(left.length).to.equal(pinned.filter((number) => number !== undefined).length + 2);
  });
});

function sweeperOf({ documents, clock, ids, acrossTenants }: MetadataServer): RetentionSweeper {
  const models = new ModelStore(documents);
  const versions = new VersionStore(documents, models);
  const changes = new ChangeStore({ documents, clock, ids, queue: new KeyedQueue() });
  const remainders = new PurgeRemainderWorker({
    remainders: new PurgeRemainderStore(documents),
    relations: new RelationReleaseWorker({ versions, relations: new RelationStore(documents), changes }),
    evaluations: new EvaluationStore(documents),
    changes,
    findRemainders: async () => [],
    wake: () => undefined,
  });
  const numbers = new RetiredNumberStore(documents);
  const publicUrl = "https://registry.example";
  const transitions = new TransitionStore(documents, models);
  const stages = new StageWorker({
    policies: new PolicyStore(documents, () => clock.nowMs()),
    versions,
    entries: new StageEntryStore(documents),
    transitions,
    changes,
  });
  return new RetentionSweeper({
    versions,
    transitions,
    removals: new VersionRemovalWorker({
      models,
      versions,
      stages,
      numbers,
      remainders,
      changes,
      publicUrl,
    }),
    changes,
    findRetained: (after) => findRetained(acrossTenants, after),
    log: silentLogger,
  });
}

import { CommitConflict } from "@slipway/resources";
import { silentLogger } from "@slipway/runtime";
import { expect } from "chai";
import { findPurges } from "../across-tenants.ts";
import { ChangeStore } from "../changes/change-store.ts";
import { KeyedQueue } from "../changes/keyed-queue.ts";
import { EvaluationStore } from "../evaluations/evaluation-store.ts";
import { RelationReleaseWorker } from "../lineage/relation-release-worker.ts";
import { RelationStore } from "../lineage/relation-store.ts";
import { ReviewPolicyStore } from "../reviews/review-policy-store.ts";
import { acme, eventsOf, type MetadataServer, refusal, startMetadata } from "../testing/metadata-server.test.ts";
import { Versions } from "../testing/versions.test.ts";
import { PurgeRemainderStore } from "../versions/purge-remainder-store.ts";
import { PurgeRemainderWorker } from "../versions/purge-remainder-worker.ts";
import { RetiredNumberStore } from "../versions/retired-number-store.ts";
import { VersionStore } from "../versions/version-store.ts";
import { ModelStore } from "./model-store.ts";
import { PurgeWorker } from "./purge-worker.ts";

describe("PurgeWorker", () => {
  let server: MetadataServer;
  let models: ModelStore;
  let purges: PurgeWorker;
  before(async () => {
    server = await startMetadata();
    const { documents, clock, ids, acrossTenants } = server;
    models = new ModelStore(documents);
    const versions = new VersionStore(documents, models);
    const changes = new ChangeStore({ documents, clock, ids, queue: new KeyedQueue() });
    purges = new PurgeWorker({
      models,
      versions,
      numbers: new RetiredNumberStore(documents),
      remainders: new PurgeRemainderWorker({
        remainders: new PurgeRemainderStore(documents),
        relations: new RelationReleaseWorker({ versions, relations: new RelationStore(documents), changes }),
        evaluations: new EvaluationStore(documents),
        changes,
        findRemainders: async () => [],
        wake: () => undefined,
      }),
      reviewPolicies: new ReviewPolicyStore(documents),
      changes,
      belongings: [],
      publicUrl: "https://registry.example",
      findPurges: () => findPurges(acrossTenants),
      log: silentLogger,
    });
  });
  after(() => server.close());

  const never = new AbortController().signal;

  it("finishes a purge that was left half way; until then the model cannot come back", async () => {
    const alice = server.as();
    const versions = new Versions(server);
    const name = await versions.model("left");
    const version = await versions.create(name);
    await alice.models.deleteModel({ name });
    const stored = await models.find(acme.tenantUid, "left");
    if (stored === undefined) throw new Error("the model is missing");
    const ada = { ...acme, principal: "users/ada" };
    await purges.run(acme.tenantUid, stored, ada, AbortSignal.abort(new Error("gone"))).then(
      () => expect.fail("was not left"),
      (error: Error) => expect(error.message).to.equal("gone"),
    );

    await refusal(alice.models.getModel({ name }), "MODEL_NOT_FOUND");
    await refusal(alice.models.undeleteModel({ name }), "MODEL_NOT_FOUND");
    await refusal(alice.models.createModel({ model: { name } }), "MODEL_EXISTS");

    expect(await purges.finishAll(never)).to.equal(1);
    expect(await purges.finishAll(never)).to.equal(0);
    const purged = (await eventsOf(alice, version.uid, 2)).at(-1);
    expect(purged).to.deep.include({ type: "slipway.version.purged", actor: "users/ada", tenant: "acme" });
    expect((await alice.models.createModel({ model: { name } })).model?.uid).to.not.equal(stored.model.uid);
  });

  it("notices that the model was undeleted meanwhile", async () => {
    const alice = server.as();
    const { model } = await alice.models.createModel({ model: { name: "models/saved" } });
    await alice.models.deleteModel({ name: "models/saved" });
    const stored = await models.find(acme.tenantUid, "saved");
    await alice.models.undeleteModel({ name: "models/saved" });
    if (stored === undefined) throw new Error("the model is missing");
    await purges.run(acme.tenantUid, stored, acme, never).then(
      () => expect.fail("purged a model that is not deleted"),
      (error: unknown) => expect(error).to.be.instanceOf(CommitConflict),
    );
    expect((await alice.models.getModel({ name: "models/saved" })).model?.uid).to.equal(model?.uid);
  });
});

import { expect } from "chai";
import { findPurgeRemainders } from "../across-tenants.ts";
import { ChangeStore } from "../changes/change-store.ts";
import { KeyedQueue } from "../changes/keyed-queue.ts";
import { EvaluationStore } from "../evaluations/evaluation-store.ts";
import { RelationReleaseWorker } from "../lineage/relation-release-worker.ts";
import { RelationStore } from "../lineage/relation-store.ts";
import { ModelStore } from "../models/model-store.ts";
import { acme, type MetadataServer, startMetadata } from "../testing/metadata-server.test.ts";
import { Versions } from "../testing/versions.test.ts";
import { PurgeRemainderStore } from "./purge-remainder-store.ts";
import { PurgeRemainderWorker } from "./purge-remainder-worker.ts";
import { VersionStore } from "./version-store.ts";

describe("PurgeRemainderWorker", () => {
  let server: MetadataServer;
  before(async () => {
    server = await startMetadata();
  });
  after(() => server.close());

  it("asks to be called again where it did not come to its end, and then does what is left", async () => {
    const { documents, acrossTenants, clock, ids } = server;
    const versions = new VersionStore(documents, new ModelStore(documents));
    const changes = new ChangeStore({ documents, clock, ids, queue: new KeyedQueue() });
    let wakes = 0;
    const worker = new PurgeRemainderWorker({
      remainders: new PurgeRemainderStore(documents),
      relations: new RelationReleaseWorker({ versions, relations: new RelationStore(documents), changes }),
      evaluations: new EvaluationStore(documents),
      changes,
      findRemainders: () => findPurgeRemainders(acrossTenants),
      wake: () => {
        wakes += 1;
      },
    });
    const made = new Versions(server);
    const { number, uid } = await made.publish(await made.model("left"));
    const version = (await versions.find(acme.tenantUid, "left", number))?.version;
    if (version === undefined) throw new Error("it is there");
    await changes.commit([worker.note(acme, [version])]);

    const failure = await worker
      .finish(acme.tenantUid, uid, AbortSignal.abort(new Error("gone")))
      .catch((error) => error);
    expect(failure).to.have.property("message", "gone");
    expect(wakes).to.equal(1);
    const { signal } = new AbortController();
    expect(await worker.finishAll(signal)).to.equal(1);
    expect(await worker.finishAll(signal)).to.equal(0);
    expect(wakes).to.equal(1);
  });
});

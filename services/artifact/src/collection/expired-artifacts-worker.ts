import { CommitConflict } from "@slipway/resources";
import { type Clock, faultPoint, type Logger } from "@slipway/runtime";
import type { ArtifactRecord } from "../artifacts/artifact.ts";
import type { ArtifactStore } from "../artifacts/artifact-store.ts";
import type { ReferenceStore } from "../references/reference-store.ts";
import type { CollectionLease } from "./collection-lease-worker.ts";
import type { CollectionTaskStore } from "./collection-task-store.ts";
import { type Expiry, expiryOf, noted } from "./expiry.ts";

/** Artifacts looked at in one step. */
const ARTIFACTS_A_STEP = 50;
/** Lapsed references that go with their artifact in one commit. */
const REFERENCES_A_COMMIT = 500;

export interface ExpiredArtifactsParts {
  clock: Clock;
  log: Logger;
  artifacts: ArtifactStore;
  references: ReferenceStore;
  tasks: CollectionTaskStore;
}

/** Removes artifacts that nothing has referenced for a day. */
export class ExpiredArtifacts {
  readonly #parts: ExpiredArtifactsParts;

  constructor(parts: ExpiredArtifactsParts) {
    this.#parts = parts;
  }

  /** Decides on some that are due. Returns how many were decided on, and how many of them are gone. */
  async step(lease: CollectionLease): Promise<{ decided: number; removed: number }> {
    const { artifacts, clock } = this.#parts;
    const due = await artifacts.due(lease.tenantUid, clock.nowMs(), ARTIFACTS_A_STEP);
    const expiries = await Promise.all(due.map((record) => this.#expiryOf(record)));
    // The most by far, once in the life of each: marked together.
    const held = await lease.commitMost(
      due.filter((_, index) => expiries[index]?.kind === "HELD"),
      (record) => artifacts.write(noted(record, { kind: "HELD" })),
      () => [],
    );
    const counts = { decided: held.length, removed: 0 };
    for (const record of due.filter((_, index) => expiries[index]?.kind !== "HELD")) {
      await lease.renew();
      try {
        if (await this.#decide(lease, record)) counts.removed += 1;
        counts.decided += 1;
      } catch (error) {
        // Somebody claimed it, or proved it again: it is looked at another time.
        if (!(error instanceof CommitConflict)) throw error;
      }
    }
    return counts;
  }

  /**
   * It is condemned before the last look at its references: a claim that this look misses meets the mark, and takes it off
   * in its own commit, so that the removal fails. True where it is gone.
   */
  async #decide(lease: CollectionLease, record: ArtifactRecord): Promise<boolean> {
    const { artifacts } = this.#parts;
    if (await this.#keeps(lease, record)) return false;
    if (record.isCondemned) return this.#remove(lease, record);
    const condemned = { ...record, isCondemned: true };
    const [revision] = await lease.commit([artifacts.write(condemned)]);
    faultPoint("artifact.collection.artifact-condemned");
    const current = { ...condemned, revision: revision as number };
    return (await this.#keeps(lease, current)) ? false : this.#remove(lease, current);
  }

  /** Whether something holds it; then that is noted. */
  async #keeps(lease: CollectionLease, record: ArtifactRecord): Promise<boolean> {
    const expiry = await this.#expiryOf(record);
    if (expiry.kind === "OVER") return false;
    await lease.commit([this.#parts.artifacts.write(noted(record, expiry))]);
    return true;
  }

  async #expiryOf({ tenantUid, artifact }: ArtifactRecord): Promise<Expiry> {
    const { references, clock } = this.#parts;
    const [longest] = await references.holders(tenantUid, artifact.name, 1);
    return expiryOf(longest?.reference, clock.nowMs());
  }

  async #remove(lease: CollectionLease, record: ArtifactRecord): Promise<boolean> {
    const { artifacts, references, tasks, clock, log } = this.#parts;
    const { tenantUid } = lease;
    const { name, digest, sizeBytes } = record.artifact;
    for (;;) {
      const lapsed = await references.holders(tenantUid, name, REFERENCES_A_COMMIT);
      const deletes = lapsed.map((reference) => references.deleteWrite(reference));
      if (lapsed.length === REFERENCES_A_COMMIT) {
        await lease.commit([artifacts.checkWrite(record), ...deletes]);
        continue;
      }
      const pageCount = record.pageFirstPaths.length;
      const task = { kind: "ARTIFACT", digest, pagesUid: record.pagesUid, pageCount } as const;
      await lease.commit([
        artifacts.deleteWrite(record),
        ...deletes,
        tasks.insertWrite(tenantUid, task, clock.nowMs()),
      ]);
      faultPoint("artifact.collection.artifact-removed");
      log.info({ tenantUid, artifact: name, sizeBytes: Number(sizeBytes) }, "an artifact without a reference is gone");
      return true;
    }
  }
}

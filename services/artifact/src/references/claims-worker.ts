import type { DocumentStore, Write } from "@slipway/documents";
import { type Artifact, ArtifactState } from "@slipway/gen/slipway/artifact/v1/artifact_pb.js";
import { type Reference, ReferenceState } from "@slipway/gen/slipway/artifact/v1/reference_service_pb.js";
import { commitOrThrow, retryOnConflict } from "@slipway/resources";
import { fail } from "@slipway/rpc";
import { type Clock, faultPoint, type Ids } from "@slipway/runtime";
import { type ArtifactRecord, artifactOf, keptLonger } from "../artifacts/artifact.ts";
import type { ArtifactStore } from "../artifacts/artifact-store.ts";
import { confirmedReference, isLive, pendingReference } from "./reference.ts";
import type { Claim, ReferenceStore } from "./reference-store.ts";

/** Makes, confirms and releases references: for the service and for the consumer of metadata's events. */
export class ClaimsWorker {
  readonly #ports: { documents: DocumentStore; clock: Clock; ids: Ids };
  readonly #artifacts: ArtifactStore;
  readonly #references: ReferenceStore;

  constructor(
    ports: { documents: DocumentStore; clock: Clock; ids: Ids },
    artifacts: ArtifactStore,
    references: ReferenceStore,
  ) {
    this.#ports = ports;
    this.#artifacts = artifacts;
    this.#references = references;
  }

  /** Fails with ARTIFACT_NOT_FOUND or ARTIFACT_CORRUPT. The artifact's document is locked, so it cannot go meanwhile. */
  async acquire(
    tenantUid: string,
    digest: string,
    holderUid: string,
  ): Promise<{ reference: Reference; artifact: Artifact }> {
    const name = `artifacts/${digest}`;
    // A claim is hardly ever made twice, and the commit notices it.
    let mayExist = false;
    return retryOnConflict(name, async () => {
      const record = await this.#artifacts.get(tenantUid, digest);
      if (record === undefined) throw fail("ARTIFACT_NOT_FOUND", { name });
      if (record.artifact.state === ArtifactState.CORRUPT) throw fail("ARTIFACT_CORRUPT", { name });
      const artifact = artifactOf(record, true);
      const nowMs = this.#ports.clock.nowMs();
      const existing = mayExist ? await this.#references.get(tenantUid, name, holderUid) : undefined;
      mayExist = true;
      if (existing !== undefined && isLive(existing.reference, nowMs))
        return { reference: existing.reference, artifact };
      const reference = pendingReference(name, holderUid, nowMs);
      const write = this.#references.write({ tenantUid, revision: existing?.revision ?? 0, reference });
      await this.#commit([write, this.#holdWrite(record)]);
      faultPoint("artifact.reference.acquired");
      return { reference, artifact };
    });
  }

  /**
   * Confirms up to 200 claims in one commit. Undefined for those where there is nothing to confirm: no such reference, or
   * no such artifact any more.
   */
  async confirm(claims: readonly Claim[]): Promise<(Reference | undefined)[]> {
    return retryOnConflict("references", async () => {
      const [references, artifacts] = await Promise.all([
        this.#references.getMany(claims),
        this.#artifacts.getMany(claims),
      ]);
      const writes: Write[] = [];
      const held = new Set<ArtifactRecord>();
      const confirmed = references.map((record, index) => {
        const artifact = artifacts[index];
        if (record === undefined || artifact === undefined) return undefined;
        if (record.reference.state === ReferenceState.CONFIRMED) return record.reference;
        const reference = confirmedReference(record.reference);
        writes.push(this.#references.write({ ...record, reference }));
        held.add(artifact);
        return reference;
      });
      for (const artifact of held) writes.push(this.#holdWrite(artifact));
      if (writes.length > 0) await this.#commit(writes);
      return confirmed;
    });
  }

  /** The artifact lives on for a day, so that a holder that comes right after still finds it. */
  async release(tenantUid: string, digest: string, holderUid: string): Promise<void> {
    const name = `artifacts/${digest}`;
    return retryOnConflict(name, async () => {
      const existing = await this.#references.get(tenantUid, name, holderUid);
      if (existing === undefined) return;
      const record = await this.#artifacts.get(tenantUid, digest);
      const kept = record && this.#artifacts.write(keptLonger(record, this.#ports.clock.nowMs()));
      await this.#commit([this.#references.deleteWrite(existing), ...(kept === undefined ? [] : [kept])]);
    });
  }

  /**
   * Lets a claim through only while the artifact is as it was read. One that the collector is about to remove is revived:
   * either this write comes first, or the artifact is gone.
   */
  #holdWrite(record: ArtifactRecord): Write {
    if (!record.isCondemned) return this.#artifacts.checkWrite(record);
    return this.#artifacts.write(keptLonger(record, this.#ports.clock.nowMs()));
  }

  async #commit(writes: Write[]): Promise<void> {
    await commitOrThrow(this.#ports.documents, this.#ports.ids, writes);
  }
}

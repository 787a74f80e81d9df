import type { DocumentStore, Write } from "@slipway/documents";
import { type Artifact, ArtifactState } from "@slipway/gen/slipway/artifact/v1/artifact_pb.js";
import { type Reference, ReferenceState } from "@slipway/gen/slipway/artifact/v1/reference_service_pb.js";
import { commitOrThrow, retryOnConflict } from "@slipway/resources";
import { fail } from "@slipway/rpc";
import { type Clock, faultPoint, type Ids } from "@slipway/runtime";
import { type ArtifactRecord, artifactOf, keptLonger, staysForHolder } from "../artifacts/artifact.ts";
import type { ArtifactStore } from "../artifacts/artifact-store.ts";
import type { ArtifactFaultPoint } from "../fault-points.ts";
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

  /**
   * Fails with ARTIFACT_NOT_FOUND or ARTIFACT_CORRUPT. Where the artifact stays long enough by itself, no reference is
   * written: it is made when the holder exists. Elsewhere the artifact's document is locked, so it cannot go meanwhile.
   */
  async acquire(
    tenantUid: string,
    digest: string,
    holderUid: string,
  ): Promise<{ reference?: Reference; artifact: Artifact }> {
    const name = `artifacts/${digest}`;
    const acquired = await retryOnConflict(name, async () => {
      const record = await this.#artifacts.get(tenantUid, digest);
      if (record === undefined) throw fail("ARTIFACT_NOT_FOUND", { name });
      if (record.artifact.state === ArtifactState.CORRUPT) throw fail("ARTIFACT_CORRUPT", { name });
      const artifact = artifactOf(record, true);
      const nowMs = this.#ports.clock.nowMs();
      if (staysForHolder(record, nowMs)) return { artifact };
      const existing = await this.#references.get(tenantUid, name, holderUid);
      if (existing !== undefined && isLive(existing.reference, nowMs))
        return { reference: existing.reference, artifact };
      const reference = pendingReference(name, holderUid, nowMs);
      const write = this.#references.write({ tenantUid, revision: existing?.revision ?? 0, reference });
      await this.#commit([write, this.#holdWrite(record)]);
      return { reference, artifact };
    });
    faultPoint("artifact.reference.acquired" satisfies ArtifactFaultPoint);
    return acquired;
  }

  /** The holder exists: gives its reference, or undefined where there is no such artifact. */
  async confirm(claim: Claim): Promise<Reference | undefined> {
    return retryOnConflict(`artifacts/${claim.digest}`, async () => {
      const { writes, references } = await this.plan({ begun: [claim], ended: [] });
      if (writes.length > 0) await this.#commit(writes);
      return references[0];
    });
  }

  /** The artifact lives on for a day, so that a holder that comes right after still finds it. */
  async release(claim: Claim): Promise<void> {
    return retryOnConflict(`artifacts/${claim.digest}`, async () => {
      const { writes } = await this.plan({ begun: [], ended: [claim] });
      if (writes.length > 0) await this.#commit(writes);
    });
  }

  /**
   * What is written when holders exist and when others are gone, none of which is in both; up to 200 together. With the
   * references of those that exist, undefined where there is no such artifact.
   */
  async plan({
    begun,
    ended,
  }: {
    begun: readonly Claim[];
    ended: readonly Claim[];
  }): Promise<{ writes: Write[]; references: (Reference | undefined)[] }> {
    const claims = [...begun, ...ended];
    const [stored, artifacts] = await Promise.all([this.#references.getMany(claims), this.#artifacts.getMany(claims)]);
    const nowMs = this.#ports.clock.nowMs();
    const writes: Write[] = [];
    const held = new Set<ArtifactRecord>();
    const references = begun.map(({ tenantUid, holderUid }, index) => {
      const [record, artifact] = [stored[index], artifacts[index]];
      if (artifact === undefined) return undefined;
      if (record?.reference.state === ReferenceState.CONFIRMED) return record.reference;
      const claimed = record?.reference ?? pendingReference(artifact.artifact.name, holderUid, nowMs);
      const reference = confirmedReference(claimed);
      writes.push(this.#references.write({ tenantUid, revision: record?.revision ?? 0, reference }));
      held.add(artifact);
      return reference;
    });
    const released = new Set<ArtifactRecord>();
    for (const index of ended.keys()) {
      const [record, artifact] = [stored[begun.length + index], artifacts[begun.length + index]];
      if (record === undefined) continue;
      writes.push(this.#references.deleteWrite(record));
      if (artifact !== undefined) released.add(artifact);
    }
    for (const artifact of held) if (!released.has(artifact)) writes.push(this.#holdWrite(artifact));
    for (const artifact of released) writes.push(this.#artifacts.write(keptLonger(artifact, nowMs)));
    return { writes, references };
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

import { inspect, RULES_VERSION, type RuleId } from "@slipway/formats";
import type { InspectArtifactResponse } from "@slipway/gen/slipway/artifact/v1/artifact_service_pb.js";
import type { ArtifactFile, ArtifactRecord } from "../artifacts/artifact.ts";
import type { ArtifactBytesWorker } from "../artifacts/artifact-bytes-worker.ts";
import { artifactReaders } from "../artifacts/artifact-readers-worker.ts";
import type { ArtifactStore } from "../artifacts/artifact-store.ts";
import { inspectionMessage } from "./inspection-message.ts";
import type { InspectionStore } from "./inspection-store.ts";

/** Findings that a busy machine may cause: such a report is not kept, so that the next call looks again. */
const DEPENDS_ON_THE_MOMENT: ReadonlySet<string> = new Set<RuleId>(["reader.timeout", "reader.memory", "reader.crash"]);

/** Looks into artifacts, once for each digest and version of the rules. */
export class InspectionWorker {
  readonly #artifacts: ArtifactStore;
  readonly #bytes: ArtifactBytesWorker;
  readonly #inspections: InspectionStore;

  constructor(artifacts: ArtifactStore, bytes: ArtifactBytesWorker, inspections: InspectionStore) {
    this.#artifacts = artifacts;
    this.#bytes = bytes;
    this.#inspections = inspections;
  }

  /** The artifact must be READY. Stops reading when the signal aborts. */
  async inspect(record: ArtifactRecord, signal: AbortSignal): Promise<InspectArtifactResponse> {
    const { tenantUid, artifact } = record;
    const known = await this.#inspections.get(tenantUid, artifact.digest, RULES_VERSION);
    if (known !== undefined) return known;
    const files: ArtifactFile[] = [];
    for await (const page of this.#artifacts.files(record)) for (const file of page) files.push(file);
    const readers = artifactReaders(this.#bytes, tenantUid, artifact.name, files);
    const report = inspectionMessage(await inspect(readers, {}, signal), RULES_VERSION);
    if (!report.findings.some(({ rule }) => DEPENDS_ON_THE_MOMENT.has(rule))) {
      await this.#inspections.keep(tenantUid, artifact.digest, report);
    }
    return report;
  }
}

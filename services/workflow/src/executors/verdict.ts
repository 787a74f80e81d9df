import { create, fromJson, type JsonObject, type JsonValue, toJson } from "@bufbuild/protobuf";
import type { InspectArtifactResponse } from "@slipway/gen/slipway/artifact/v1/artifact_service_pb.js";
import { type Finding, FindingSchema, Verdict } from "@slipway/gen/slipway/artifact/v1/inspection_pb.js";

/** What the proof and the inspection of a version gave. */
export interface Assessment {
  proven: boolean;
  verdict: Verdict;
  findings: Finding[];
}

/** Findings in an output, so that it stays under 1 MiB with room to spare. */
const MAX_FINDINGS_BYTES = 768 * 1024;

/**
 * The output of an inspection: `verdict` and `findings` as ProtoJSON, and `findings_left_out` where the worst ones
 * alone fill the output.
 */
export function outputOfInspection({
  verdict,
  findings,
}: Pick<InspectArtifactResponse, "verdict" | "findings">): JsonObject {
  const kept: JsonValue[] = [];
  let sizeBytes = 0;
  for (const finding of findings) {
    const json = toJson(FindingSchema, finding);
    sizeBytes += Buffer.byteLength(JSON.stringify(json));
    if (sizeBytes > MAX_FINDINGS_BYTES) break;
    kept.push(json);
  }
  const leftOut = findings.length - kept.length;
  return {
    verdict: `VERDICT_${Verdict[verdict]}`,
    findings: kept,
    ...(leftOut === 0 ? {} : { findings_left_out: leftOut }),
  };
}

/** The output of an inspection that had nothing to look at: the version is rejected for the proof alone. */
export function outputWithoutInspection(): JsonObject {
  const finding = create(FindingSchema, {
    rule: "artifact.unproven",
    severity: Verdict.SUSPICIOUS,
    message: "The files do not have the digests that the manifest promises, or are gone. Push them again.",
  });
  return outputOfInspection({ verdict: Verdict.SUSPICIOUS, findings: [finding] });
}

/** Reads the outputs of the steps before; undefined where one of them gave none of it. */
export function assessmentIn(outputs: Readonly<Record<string, JsonObject>>): Assessment | undefined {
  const { proven, verdict, findings } = Object.assign({}, ...Object.values(outputs)) as JsonObject;
  const known =
    typeof verdict === "string" ? Verdict[verdict.replace("VERDICT_", "") as keyof typeof Verdict] : undefined;
  if (typeof proven !== "boolean" || known === undefined || !Array.isArray(findings)) return undefined;
  return { proven, verdict: known, findings: findings.map((finding) => fromJson(FindingSchema, finding)) };
}

import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { Finding, InspectionReport } from "@slipway/formats";
import {
  type InspectArtifactResponse,
  InspectArtifactResponseSchema,
} from "@slipway/gen/slipway/artifact/v1/artifact_service_pb.js";
import { type FindingSchema, Verdict } from "@slipway/gen/slipway/artifact/v1/inspection_pb.js";

/** The contract's bound. */
const MAX_FINDINGS = 1000;
/** With the contract's longest paths and messages 1,000 findings have 8 MB, more than clients receive by default. */
const MAX_FINDINGS_BYTES = 3 * 1024 * 1024;

const SEVERITIES: Record<Finding["severity"], Verdict> = {
  SAFE: Verdict.SAFE,
  SUSPICIOUS: Verdict.SUSPICIOUS,
  DANGEROUS: Verdict.DANGEROUS,
};

/** The report as clients see it: the worst findings first, as many as a message may hold; the verdict is of all. */
export function inspectionMessage(report: InspectionReport, rulesVersion: string): InspectArtifactResponse {
  const findings: MessageInitShape<typeof FindingSchema>[] = [];
  let bytes = 0;
  for (const finding of report.findings.toSorted((a, b) => SEVERITIES[b.severity] - SEVERITIES[a.severity])) {
    bytes += 64 + Buffer.byteLength(finding.path) + Buffer.byteLength(finding.message);
    if (findings.length === MAX_FINDINGS || bytes > MAX_FINDINGS_BYTES) break;
    findings.push(findingMessage(finding));
  }
  return create(InspectArtifactResponseSchema, { verdict: SEVERITIES[report.verdict], findings, rulesVersion });
}

function findingMessage({
  ruleId,
  severity,
  path,
  offsetBytes,
  message,
}: Finding): MessageInitShape<typeof FindingSchema> {
  const offset = offsetBytes === undefined ? {} : { offsetBytes: BigInt(offsetBytes) };
  return { rule: ruleId, severity: SEVERITIES[severity], path, message, ...offset };
}

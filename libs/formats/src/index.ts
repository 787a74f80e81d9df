export type { ArtifactSummary } from "./artifact-summary.ts";
export type { FileReader } from "./file-reader.ts";
export type { Finding, InspectionReport, Verdict } from "./finding.ts";
export { INSPECTION_LIMITS, type Limits, SUMMARY_LIMITS } from "./limits.ts";
export { RULES, type RuleId } from "./rules.ts";
export type { Dimension, Signature, SignatureField } from "./signature.ts";

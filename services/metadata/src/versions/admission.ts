import { create } from "@bufbuild/protobuf";
import { type Finding, FindingSchema, Verdict } from "@slipway/gen/slipway/artifact/v1/inspection_pb.js";
import { VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import type { FinishValidationRequest } from "@slipway/gen/slipway/metadata/v1/version_service_pb.js";
import { fail } from "@slipway/rpc";
import type { StoredVersion } from "./version.ts";

/** What the admission run makes of a version. */
export interface Admission {
  state: VersionState.REJECTED | VersionState.READY | VersionState.PUBLISHED;
  /** Why it is rejected; empty otherwise. */
  stateReason: string;
}

/**
 * REJECTED where the proof failed or the inspection found danger, else READY where a review is asked for, and PUBLISHED
 * where not: suspicious ones too, with their findings.
 */
export function decideAdmission(
  { proven, verdict, findings }: Pick<FinishValidationRequest, "proven" | "verdict" | "findings">,
  asksForReview: boolean,
): Admission {
  if (!proven) {
    return {
      state: VersionState.REJECTED,
      stateReason: "The files are not those that the artifact's digest promises.",
    };
  }
  if (verdict !== Verdict.DANGEROUS) {
    return { state: asksForReview ? VersionState.READY : VersionState.PUBLISHED, stateReason: "" };
  }
  return { state: VersionState.REJECTED, stateReason: `The inspection found danger: ${dangerOf(findings)}` };
}

/** Findings travel in every event about a version; this keeps them within a message. In characters of their texts. */
const MAXIMUM_CHARACTERS = 128 * 1024;

/** The findings that a version keeps: the first ones, and where that is not all, one that says how many are left out. */
export function keptFindings(findings: readonly Finding[]): Finding[] {
  let characters = 0;
  const end = findings.findIndex(({ path, message }) => {
    characters += path.length + message.length;
    return characters > MAXIMUM_CHARACTERS;
  });
  if (end === -1) return [...findings];
  const left = findings.slice(end);
  const note = create(FindingSchema, {
    rule: "inspection.findings.left-out",
    severity: Math.max(...left.map(({ severity }) => severity)),
    message: `${left.length} more findings are left out here. InspectArtifact tells all of them.`,
  });
  return [...findings.slice(0, end), note];
}

/**
 * Whether the run may decide (true) or has decided before (false). Refuses with VERSION_NOT_VALIDATING where another run
 * decided.
 */
export function mayDecide({ version }: StoredVersion, run: string, name: string): boolean {
  if (version.state === VersionState.VALIDATING) return true;
  if (version.admissionRun === run) return false;
  throw fail("VERSION_NOT_VALIDATING", { name, state: VersionState[version.state] });
}

function dangerOf(findings: readonly Finding[]): string {
  const dangers = findings.filter(({ severity }) => severity === Verdict.DANGEROUS);
  const [first] = dangers;
  if (first === undefined) return "no finding says which.";
  const place = first.path === "" ? "" : ` in ${first.path}`;
  const more = dangers.length === 1 ? "" : ` (and ${dangers.length - 1} more)`;
  return `${first.rule}${place}: ${first.message}${more}`;
}

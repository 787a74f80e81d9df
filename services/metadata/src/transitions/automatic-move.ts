import { createHash } from "node:crypto";
import type { StageEdge, StagePolicy } from "@slipway/gen/slipway/metadata/v1/stage_policy_pb.js";

/** The automatic ways out of a stage, in the order of the policy. */
export function automaticEdges({ edges }: StagePolicy, from: string): StageEdge[] {
  return edges.filter((edge) => edge.automatic && edge.from === from);
}

/**
 * The uid of the transition that an evaluation brings about on its own: the same however often the event comes, so that
 * there is one. A UUID version 7 with the time of the evaluation's and, in place of chance, a part of its SHA-256.
 */
export function automaticUid(evaluationUid: string): string {
  const hex = createHash("sha256").update(`transition after ${evaluationUid}`).digest("hex");
  const variant = ((Number.parseInt(hex.slice(3, 4), 16) & 0x3) | 0x8).toString(16);
  return `${evaluationUid.slice(0, 13)}-7${hex.slice(0, 3)}-${variant}${hex.slice(4, 7)}-${hex.slice(7, 19)}`;
}

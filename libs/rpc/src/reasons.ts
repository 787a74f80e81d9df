import { ACCESS_REASONS } from "./reasons/access.ts";
import { ARTIFACT_REASONS } from "./reasons/artifact.ts";
import { LINEAGE_REASONS } from "./reasons/lineage.ts";
import { METADATA_REASONS } from "./reasons/metadata.ts";
import { REQUEST_REASONS } from "./reasons/request.ts";
import { RETENTION_REASONS } from "./reasons/retention.ts";
import { STAGE_POLICY_REASONS } from "./reasons/stage-policies.ts";
import { TRANSITION_REASONS } from "./reasons/transitions.ts";
import { TRANSPORT_REASONS } from "./reasons/transport.ts";
import { WORKFLOW_REASONS } from "./reasons/workflow.ts";

/**
 * Every reason for which Slipway refuses or fails a call: the ErrorInfo reason (domain `slipway`), its status code and
 * its message. A reason, once released, keeps its name, code and placeholders: clients rely on them.
 */
export const REASONS = {
  ...REQUEST_REASONS,
  ...ACCESS_REASONS,
  ...METADATA_REASONS,
  ...STAGE_POLICY_REASONS,
  ...TRANSITION_REASONS,
  ...LINEAGE_REASONS,
  ...RETENTION_REASONS,
  ...ARTIFACT_REASONS,
  ...WORKFLOW_REASONS,
  ...TRANSPORT_REASONS,
} as const;

/** A registered reason. */
export type Reason = keyof typeof REASONS;

type Placeholders<Template extends string> = Template extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

/** The values that the message of a reason needs: one for each of its placeholders. */
export type ReasonValues<R extends Reason> = Record<
  Placeholders<(typeof REASONS)[R]["message"]>,
  string | number | bigint
>;

/** Whether a text is a registered reason. */
export function isReason(text: string): text is Reason {
  return Object.hasOwn(REASONS, text);
}

/**
 * The events that can start a workflow: what metadata and artifact report about models and their parts. Those of runs
 * and workflows and those of reported checks are left out, because a workflow that starts itself never ends.
 */
export const TRIGGER_EVENT_TYPES = [
  ...["created", "updated", "renamed", "shared", "unshared", "deleted", "undeleted", "purged"].map(
    (verb) => `slipway.model.${verb}`,
  ),
  ...["set", "deleted"].map((verb) => `slipway.alias.${verb}`),
  ...["requested", "updated", "approved", "applied", "rejected", "failed", "cancelled", "expired"].map(
    (verb) => `slipway.transition.${verb}`,
  ),
  ...[
    "created",
    "updated",
    "ready",
    "published",
    "reviewed",
    "rejected",
    "withdrawn",
    "deleted",
    "undeleted",
    "purged",
  ].map((verb) => `slipway.version.${verb}`),
  "slipway.evaluation.recorded",
  "slipway.artifact.completed",
] as const;

/** Whether the subject of an event of this type is a version. */
export function isAboutVersion(eventType: string): boolean {
  return eventType.startsWith("slipway.version.");
}

/** Whether the subject of an event of this type is a transition. */
export function isAboutTransition(eventType: string): boolean {
  return eventType.startsWith("slipway.transition.");
}

/** Where fault tests end the process: between a commit, an executor's work and the next commit. */
export const workflowFaultPoints = [
  // A trigger has committed a run; the consumer's progress is not saved yet.
  "workflow.run.inserted",
  // A claim is committed; the executor has not begun.
  "workflow.step.claimed",
  // The executor is done; its outcome is not recorded.
  "workflow.step.executed",
  // The outcome is recorded; the next step has not begun.
  "workflow.step.recorded",
] as const;

export type WorkflowFaultPoint = (typeof workflowFaultPoints)[number];

export {
  createWorkflowApp,
  type WorkflowApp,
  type WorkflowAppOptions,
  type WorkflowSettings,
  workflowCollections,
} from "./app.ts";
export { type WorkflowFaultPoint, workflowFaultPoints } from "./engine/fault-points.ts";

import { runService } from "@slipway/hosting";
import { createWorkflowApp, workflowCollections } from "./app.ts";

await runService({
  service: "workflow",
  collections: workflowCollections,
  create: async (ports, { workers, allowPrivateHttp }) =>
    createWorkflowApp({ ...ports, settings: { workers, allowPrivateHttp } }),
});

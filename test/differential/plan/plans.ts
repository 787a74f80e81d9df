import { accessPlans } from "./access-plans.ts";
import { artifactPlans } from "./artifact-plans.ts";
import { evaluationPlans } from "./evaluation-plans.ts";
import { eventPlans } from "./event-plans.ts";
import { lineagePlans } from "./lineage-plans.ts";
import { modelPlans } from "./model-plans.ts";
import type { Plans } from "./plan.ts";
import { policyPlans } from "./policy-plans.ts";
import { reviewPlans } from "./review-plans.ts";
import { transitionPlans } from "./transition-plans.ts";
import { uploadPlans } from "./upload-plans.ts";
import { versionPlans } from "./version-plans.ts";
import { workflowPlans } from "./workflow-plans.ts";

/** How every method is called. */
export const PLANS: Plans = {
  ...accessPlans,
  ...modelPlans,
  ...versionPlans,
  ...policyPlans,
  ...transitionPlans,
  ...reviewPlans,
  ...lineagePlans,
  ...evaluationPlans,
  ...uploadPlans,
  ...artifactPlans,
  ...workflowPlans,
  ...eventPlans,
};

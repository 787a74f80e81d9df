import { type PartShape, ResourceName } from "./resource-name.ts";

const DIGEST: PartShape = { test: /^[0-9a-f]{64}$/, words: "a digest of 64 lower-case hexadecimal digits" };
const UID: PartShape = { test: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, words: "a uid" };

/** The forms of all resource names, as the comments in proto/ give them. */
export const RESOURCE_NAMES = {
  tenant: new ResourceName("tenants/{tenant}"),
  user: new ResourceName("users/{user}"),
  serviceAccount: new ResourceName("serviceAccounts/{account}"),
  key: new ResourceName("keys/{key}"),
  model: new ResourceName("models/{model}"),
  stagePolicy: new ResourceName("stagePolicy"),
  modelStagePolicy: new ResourceName("models/{model}/stagePolicy"),
  version: new ResourceName("models/{model}/versions/{number}"),
  transition: new ResourceName("models/{model}/transitions/{uid}", { uid: UID }),
  evaluation: new ResourceName("models/{model}/versions/{number}/evaluations/{uid}", { uid: UID }),
  reviewPolicy: new ResourceName("reviewPolicy"),
  modelReviewPolicy: new ResourceName("models/{model}/reviewPolicy"),
  upload: new ResourceName("uploads/{uid}", { uid: UID }),
  artifact: new ResourceName("artifacts/{digest}", { digest: DIGEST }),
  workflow: new ResourceName("workflows/{workflow}"),
  run: new ResourceName("runs/{uid}"),
} as const;

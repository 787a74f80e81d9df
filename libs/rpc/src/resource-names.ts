import { ResourceName } from "./resource-name.ts";

/** The forms of all resource names, as the comments in proto/ give them. */
export const RESOURCE_NAMES = {
  tenant: new ResourceName("tenants/{tenant}"),
  user: new ResourceName("users/{user}"),
  serviceAccount: new ResourceName("serviceAccounts/{account}"),
  key: new ResourceName("keys/{key}"),
  model: new ResourceName("models/{model}"),
  version: new ResourceName("models/{model}/versions/{number}"),
  upload: new ResourceName("uploads/{uid}"),
  artifact: new ResourceName("artifacts/{digest}"),
  workflow: new ResourceName("workflows/{workflow}"),
  run: new ResourceName("runs/{uid}"),
} as const;

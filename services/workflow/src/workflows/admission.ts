import { create } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { type Workflow, WorkflowSchema } from "@slipway/gen/slipway/workflow/v1/workflow_pb.js";
import { definitionOf, withDefinition } from "./definition.ts";

/** Name of the system definition. */
export const ADMISSION = "workflows/admission";

/** Fixed, because the uid of a run derives from it: the same in every process and release. */
const ADMISSION_UID = "00000000-0000-7000-8000-000000000002";

const HOUR_MS = 60 * 60_000;
/**
 * The other services may be away for a while: with the pauses that grow to a minute this lasts about 45 minutes. A
 * version that stays VALIDATING helps nobody.
 */
const OUTLAST_OUTAGES = { maxAttempts: 100 };
const bare = create(WorkflowSchema, {
  name: ADMISSION,
  uid: ADMISSION_UID,
  description: "Checks every new version: proves its digests, inspects its files, then admits or rejects it.",
  triggers: [{ eventType: "slipway.version.created" }],
  steps: [
    // The proof of a large artifact takes as long as reading it.
    {
      id: "proof",
      action: { case: "proof", value: {} },
      totalTimeout: durationFromMs(24 * HOUR_MS),
      retry: OUTLAST_OUTAGES,
    },
    {
      id: "inspect",
      needs: ["proof"],
      action: { case: "inspect", value: {} },
      attemptTimeout: durationFromMs(HOUR_MS),
      totalTimeout: durationFromMs(24 * HOUR_MS),
      retry: OUTLAST_OUTAGES,
    },
    {
      id: "finish",
      needs: ["proof", "inspect"],
      action: { case: "finishValidation", value: {} },
      totalTimeout: durationFromMs(24 * HOUR_MS),
      retry: OUTLAST_OUTAGES,
    },
  ],
  revision: 1n,
  system: true,
  creator: "serviceAccounts/slipway",
  etag: "r1",
});

/** The definition that every new version goes through. Tenants see it in front of their own and cannot change it. */
export const admissionWorkflow: Workflow = withDefinition(bare, definitionOf(bare));

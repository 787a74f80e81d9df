import type { MessageInitShape } from "@bufbuild/protobuf";
import type { StagePolicySchema } from "@slipway/gen/slipway/metadata/v1/stage_policy_pb.js";

export type PolicyInit = MessageInitShape<typeof StagePolicySchema>;

/** A policy whose stages have other names than the default's; the middle one is exclusive. */
export const draftLiveOld = (name: string, init: PolicyInit = {}): PolicyInit => ({
  name,
  stages: [{ name: "draft" }, { name: "live", exclusive: true, displacedTo: "old" }, { name: "old" }],
  edges: [{ from: "draft", to: "live" }],
  ...init,
});

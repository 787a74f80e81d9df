import { create } from "@bufbuild/protobuf";
import { type StagePolicy, StagePolicySchema } from "@slipway/gen/slipway/metadata/v1/stage_policy_pb.js";

/** How long a transition waits where a policy says nothing, as in the proto. */
export const DEFAULT_EXPIRY_SECONDS = 7n * 24n * 60n * 60n;

/** The ways of the default policy: forward stage by stage, back where it proves wrong, out of use and into it again. */
const WAYS: readonly [from: string, to: string][] = [
  ["development", "testing"],
  ["testing", "development"],
  ["testing", "production"],
  ["production", "testing"],
  ["development", "archived"],
  ["testing", "archived"],
  ["production", "archived"],
  ["archived", "development"],
  ["archived", "testing"],
];

/** The policy of a tenant that has not said otherwise: no gates, checks or approvals. */
export const DEFAULT_POLICY: StagePolicy = create(StagePolicySchema, {
  stages: [
    { name: "development", description: "Published, and being worked with." },
    { name: "testing", description: "Being tried before it may serve." },
    {
      name: "production",
      description: "What serves: one version of a model.",
      exclusive: true,
      displacedTo: "archived",
    },
    { name: "archived", description: "Out of use, kept for the record." },
  ],
  edges: WAYS.map(([from, to]) => ({ from, to })),
  expiry: { seconds: DEFAULT_EXPIRY_SECONDS },
});

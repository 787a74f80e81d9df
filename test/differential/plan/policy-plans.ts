import type { JsonObject } from "@bufbuild/protobuf";
import fc from "fast-check";
import type { KnownTenant } from "../known/known-tenant.ts";
import { etag, fields, requestId, spelled, weighted } from "./draw.ts";
import { modelName } from "./model-plans.ts";
import type { Drawing, Plans } from "./plan.ts";

const STAGES: JsonObject[] = [
  { name: "development" },
  { name: "testing" },
  { name: "production", exclusive: true, displacedTo: "archived" },
  { name: "archived", description: "归档" },
];

/** Stages beside the usual ones, among them some that are refused. */
const moreStages = weighted<JsonObject[]>(
  [12, fc.constant([])],
  [4, fc.constantFrom("staging", "champion").map((name) => [{ name }])],
  [2, fc.constantFrom("latest", "v1", "Moon", "testing", "☃").map((name) => [{ name }])],
);

const gate = fc.constantFrom(
  "version.number != '1.0.1'",
  "incumbent == null || 'ada' in version.labels",
  "version.metrics.f1 >= 0.8",
  "findings.all(f, f.severity != 'DANGEROUS')",
  "size(version.tags) < 2 && version.tags.all(t, version.tags[t] != '')",
);
const badGate = fc.constantFrom("version.score > 1", "1 +", "'x'", "model.name == 'x'", "x".repeat(2049));

/** What the way into production asks for. */
const asked = fields(
  {},
  {
    gates: [40, weighted([9, gate], [1, badGate]).map((expression) => [{ name: "gate", expression }])],
    checks: [15, weighted([9, fc.constant("smoke")], [1, fc.constant("No!")]).map((name) => [{ name }])],
    approvals: [
      15,
      fc.constantFrom({ count: 1 }, { count: 1, minimumRole: "ROLE_ADMIN" }, { count: 0 }, { count: 21 }),
    ],
  },
);

/** Policies that mostly hang together: the usual ways, with other demands, and now and then a stage more or less. */
function policy({ tenant }: Drawing): fc.Arbitrary<JsonObject> {
  return policyName(tenant).chain((name) =>
    fc
      .tuple(moreStages, asked, fc.boolean(), weighted([12, fc.constant(4)], [1, fc.constantFrom(0, 1, 2, 3)]))
      .chain(([more, demands, automatic, kept]) => {
        const edges: JsonObject[] = [
          { from: "development", to: "testing", automatic },
          { from: "testing", to: "development" },
          { from: "testing", to: "production", ...demands },
          { from: "production", to: "archived" },
          { from: "archived", to: "testing" },
          ...more.map((stage) => ({ from: "testing", to: stage.name ?? "" })),
        ];
        return fields(
          {
            name: fc.constant(name),
            stages: fc.constant([...STAGES.slice(0, kept), ...more]),
            edges: fc.constant(edges),
          },
          { etag: etag(tenant, name), expiry: [20, fc.constantFrom("3600s", "60s", "59s", "100000000s")] },
        );
      }),
  );
}

/** The tenant's policy, or a model's. */
function policyName(tenant: KnownTenant): fc.Arbitrary<string> {
  const ofModel = modelName(tenant).map((model) => `${model}/stagePolicy`);
  return weighted([1, spelled(tenant, fc.constant("stagePolicy"))], [2, ofModel]);
}

export const policyPlans: Plans = {
  "metadata.v1.StageService/GetStagePolicy": {
    weight: 20,
    request: ({ tenant }) => fields({ name: policyName(tenant) }),
  },
  "metadata.v1.StageService/UpdateStagePolicy": {
    weight: 25,
    request: (drawing) => fields({ policy: policy(drawing) }, { requestId: requestId() }),
  },
  "metadata.v1.StageService/DeleteStagePolicy": {
    weight: 8,
    request: ({ tenant }) =>
      policyName(tenant).chain((name) =>
        fields({ name: fc.constant(name) }, { etag: etag(tenant, name), requestId: requestId() }),
      ),
  },
  "metadata.v1.StageService/TestStagePolicy": {
    weight: 20,
    request: (drawing) =>
      fields({ policy: policy(drawing) }, { transitionCount: [40, fc.constantFrom(1, 5, 1000, 1001, -1)] }),
  },
};

import type { JsonObject } from "@bufbuild/protobuf";
import fc from "fast-check";
import type { KnownTenant } from "../known/known-tenant.ts";
import { badPageToken, etag, fields, known, NO_UID, pageSize, requestId, spelled, weighted } from "./draw.ts";
import { filters } from "./filters.ts";
import { modelName } from "./model-plans.ts";
import type { Drawing, Plans } from "./plan.ts";
import { versionName } from "./version-plans.ts";

const stage = weighted(
  [6, fc.constantFrom("testing", "production")],
  [2, fc.constantFrom("development", "archived")],
  [1, fc.constantFrom("moon", "staging", "☃")],
);

const STATES = ["APPLIED", "FAILED", "PENDING_CHECKS", "PENDING_APPROVAL", "CANCELLED", "applied"];
const expected = fc.constantFrom("-", "1.0.0", "1.0.1", "1.1.0", "newest");

/** A transition that exists, or of nobody. */
function transitionName(tenant: KnownTenant): fc.Arbitrary<string> {
  const nobody = `models/iris/transitions/${NO_UID}`;
  return spelled(tenant, weighted([20, known(tenant.transitions, nobody)], [1, fc.constantFrom(nobody, `${nobody}x`)]));
}

/** A request about a transition, whose etag is its own. */
function aboutTransition({ tenant }: Drawing): fc.Arbitrary<JsonObject> {
  return transitionName(tenant).chain((name) =>
    fields(
      { name: fc.constant(name) },
      { comment: [30, fc.constantFrom("because", "因为")], etag: etag(tenant, name), requestId: requestId() },
    ),
  );
}

/** What both lists of a model have. */
function listed(words: Record<string, fc.Arbitrary<string>>, orders: string[]) {
  return {
    filter: [45, filters(words)] as [number, fc.Arbitrary<string>],
    orderBy: [40, weighted([15, fc.constantFrom(...orders)], [1, fc.constant("moon")])] as [
      number,
      fc.Arbitrary<string>,
    ],
    pageSize: pageSize(),
    pageToken: badPageToken(),
  };
}

function times(tenant: KnownTenant): fc.Arbitrary<string> {
  return known(tenant.times, "2026-11-22T08:00:00Z");
}

export const transitionPlans: Plans = {
  "metadata.v1.StageService/RequestTransition": {
    weight: 60,
    request: ({ tenant }) =>
      fields(
        { version: versionName(tenant), toStage: stage },
        {
          comment: [20, fc.constantFrom("because", "因为")],
          expectedIncumbent: [15, expected],
          requestId: requestId(),
        },
      ),
  },
  "metadata.v1.StageService/GetTransition": {
    weight: 15,
    request: ({ tenant }) => fields({ name: transitionName(tenant) }),
  },
  "metadata.v1.StageService/ListTransitions": {
    weight: 40,
    request: ({ tenant }) => {
      const words = {
        version: fc.constantFrom("1.0.0", "1.0.1", "9.9.9"),
        state: fc.constantFrom(...STATES),
        cause: fc.constantFrom("REQUEST", "ROLLBACK", "EVALUATION"),
        from_stage: stage,
        to_stage: stage,
        requester: known(tenant.principals, "users/ada"),
        create_time: times(tenant),
        end_time: times(tenant),
      };
      const parent = weighted([1, fc.constant("models/-")], [1, modelName(tenant)]);
      return fields({ parent }, listed(words, ["create_time", "create_time desc"]));
    },
  },
  "metadata.v1.StageService/ApproveTransition": { weight: 20, request: aboutTransition },
  "metadata.v1.StageService/RejectTransition": { weight: 8, request: aboutTransition },
  "metadata.v1.StageService/CancelTransition": { weight: 6, request: aboutTransition },
  "metadata.v1.StageService/ReportCheck": {
    weight: 20,
    request: ({ tenant }) =>
      fields(
        {
          name: transitionName(tenant),
          check: weighted([9, fc.constant("smoke")], [1, fc.constantFrom("load", "")]),
          state: weighted([9, fc.constantFrom(2, 2, 3)], [1, fc.constantFrom(0, 1)]),
        },
        {
          message: [30, fc.constantFrom("fine", "p99 2 s")],
          url: [20, fc.constantFrom("https://ci.example/1", "ftp://x")],
          requestId: requestId(),
        },
      ),
  },
  "metadata.v1.StageService/RollBackStage": {
    weight: 20,
    request: ({ tenant }) =>
      fields({ model: modelName(tenant), stage }, { expectedIncumbent: [15, expected], requestId: requestId() }),
  },
  "metadata.v1.StageService/GetStageAt": {
    weight: 30,
    request: ({ tenant }) => fields({ model: modelName(tenant), stage }, { time: [60, times(tenant)] }),
  },
  "metadata.v1.StageService/ListStageEntries": {
    weight: 30,
    request: ({ tenant }) => {
      const words = {
        version: fc.constantFrom("1.0.0", "1.0.1", "9.9.9"),
        stage,
        cause: fc.constantFrom("PUBLICATION", "TRANSITION", "DISPLACEMENT", "ROLLBACK", "UNDELETION", "moon"),
        principal: known(tenant.principals, "users/ada"),
        ordinal: fc.constantFrom("1", "2", "5", "x"),
        enter_time: times(tenant),
        leave_time: times(tenant),
      };
      return fields({ parent: modelName(tenant) }, listed(words, ["ordinal", "ordinal desc"]));
    },
  },
};

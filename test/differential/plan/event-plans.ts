import fc from "fast-check";
import { fields, known, pageSize, weighted } from "./draw.ts";
import type { Drawing, MethodPlan, Plans } from "./plan.ts";

const TYPES = [
  "version.created",
  "version.published",
  "model.updated",
  "alias.set",
  "evaluation.recorded",
  "artifact.completed",
  "key.created",
];
const types = weighted(
  [
    12,
    fc.uniqueArray(
      fc.constantFrom(...TYPES).map((type) => `slipway.${type}`),
      { minLength: 1, maxLength: 3 },
    ),
  ],
  [1, fc.constant<string[]>(["Slipway.X"])],
);

/** From the beginning, from anywhere, and from behind the end. */
const after = weighted(
  [2, fc.constant("0")],
  [6, fc.nat({ max: 400 }).map(String)],
  [1, fc.constantFrom("-1", "-2", "999999")],
);

function plansOf(service: string): Plans {
  return {
    [`${service}.v1.EventService/ListEvents`]: {
      weight: 15,
      request: () => fields({}, { after: [70, after], types: [40, types], pageSize: pageSize() }),
    },
    [`${service}.v1.EventService/WatchEvents`]: {
      weight: 8,
      request: () => fields({ take: fc.integer({ min: 1, max: 12 }) }, { after: [70, after], types: [40, types] }),
    },
  };
}

/**
 * Runs that were started together report in any order. So their events are read from a number up to which both worlds
 * have been told the same, to the end.
 */
function ofRuns(method: string): MethodPlan {
  const from = ({ tenant }: Drawing) =>
    known(tenant.positions.get(LIST) === undefined ? [] : [tenant.positions.get(LIST) ?? ""], "0");
  return {
    weight: method === LIST ? 15 : 8,
    request: (drawing) =>
      fields(
        { after: weighted([15, from(drawing)], [1, fc.constantFrom("-2", "999999")]) },
        method === LIST ? { pageSize: [100, weighted([15, fc.constant(1000)], [1, fc.constantFrom(-1, 1001)])] } : {},
      ),
  };
}

const LIST = "workflow.v1.EventService/ListEvents";
const WATCH = "workflow.v1.EventService/WatchEvents";

export const eventPlans: Plans = {
  ...plansOf("metadata"),
  ...plansOf("artifact"),
  [LIST]: ofRuns(LIST),
  [WATCH]: ofRuns(WATCH),
};

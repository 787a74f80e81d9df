import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import fc from "fast-check";
import type { KnownTenant } from "../known/known-tenant.ts";
import { TEXTS } from "../words.ts";
import { badPageToken, etag, fields, known, NO_UID, pageSize, requestId, spelled, weighted } from "./draw.ts";
import { filters } from "./filters.ts";
import type { Drawing, Plans } from "./plan.ts";
import { versionName } from "./version-plans.ts";

const text = fc.constantFrom(...TEXTS);
/** Each is about one thing only, so that what it starts comes in one order. */
const TRIGGERS = [
  "version.created",
  "version.published",
  "model.created",
  "model.updated",
  "artifact.completed",
  "alias.set",
];
const CEL = ["", 'event.subject.contains("iris")', "event.payload.name.size() > 12", "1 +", "event.actor", "true"];
const NAMES = ["first", "second-one", "third"];
const MANUAL = "workflows/manual";
const HOLDING = "workflows/holding";

const workflowName = weighted(
  [12, fc.constantFrom(...NAMES).map((name) => `workflows/${name}`)],
  [4, fc.constantFrom(MANUAL, HOLDING)],
  [2, fc.constantFrom("workflows/admission", "workflows/none", "workflows/Bad", "workflows/")],
);

const action = (hooksUrl: string, paths: readonly string[]) =>
  weighted<JsonObject>(
    [2, fc.constant({ proof: {} })],
    [2, fc.constant({ inspect: {} })],
    [
      4,
      fc
        .constantFrom(...paths)
        .map((path) => ({ http: { url: `${hooksUrl}${path}`, headers: { "x-slipway": "test" } } })),
    ],
    [1, fc.constantFrom({ finishValidation: {} }, { http: { url: "ftp://x" } }, {})],
  );

const step = (hooksUrl: string, paths: readonly string[]): fc.Arbitrary<JsonObject> =>
  fc
    .tuple(
      action(hooksUrl, paths),
      fields(
        { id: weighted([15, fc.constantFrom("a", "b", "c")], [1, fc.constantFrom("", "A")]) },
        { needs: [40, fc.uniqueArray(fc.constantFrom("a", "b", "c", "none"), { maxLength: 2 })] },
      ),
    )
    .map(([what, rest]) => ({ ...rest, ...what }));

/** Definitions, the half of which hang together. */
function definition(drawing: Drawing): fc.Arbitrary<JsonObject> {
  const { tenant, hooksUrl } = drawing;
  return workflowName.chain((name) => {
    const paths = name === HOLDING ? ["/hold", "/ok"] : ["/ok", "/refuse"];
    const random = fc.uniqueArray(step(hooksUrl, paths), { minLength: 1, maxLength: 3 });
    const sound = fc.constantFrom<JsonObject[]>(
      [{ id: "a", http: { url: `${hooksUrl}${paths[0]}` } }],
      [
        { id: "a", http: { url: `${hooksUrl}/ok` } },
        { id: "b", needs: ["a"], http: { url: `${hooksUrl}${paths[1]}` } },
      ],
      [
        { id: "a", proof: {} },
        { id: "b", needs: ["a"], inspect: {} },
      ],
    );
    const trigger = fields(
      {
        eventType: weighted(
          [12, fc.constantFrom(...TRIGGERS).map((type) => `slipway.${type}`)],
          [1, fc.constantFrom("slipway.run.created", "x")],
        ),
      },
      { filter: [50, fc.constantFrom(...CEL)] },
    );
    const byHand = name === MANUAL || name === HOLDING;
    const triggers: [number, fc.Arbitrary<JsonValue>] = [byHand ? 0 : 60, fc.uniqueArray(trigger, { maxLength: 2 })];
    return fields(
      { name: spelled(tenant, fc.constant(name)), steps: weighted([2, sound], [1, random]) },
      { description: [40, text], etag: etag(tenant, name), ...(byHand ? {} : { triggers }) },
    );
  });
}

const runName = (tenant: KnownTenant, other: KnownTenant) =>
  spelled(tenant, weighted([15, known(tenant.runs, `runs/${NO_UID}`)], [1, known(other.runs, "runs/x")]));

export const workflowPlans: Plans = {
  "workflow.v1.WorkflowService/ApplyWorkflow": {
    weight: 25,
    request: (drawing) => fields({ workflow: definition(drawing) }, { requestId: requestId() }),
  },
  "workflow.v1.WorkflowService/GetWorkflow": {
    weight: 12,
    request: ({ tenant }) => fields({ name: spelled(tenant, workflowName) }),
  },
  "workflow.v1.WorkflowService/ListWorkflows": {
    weight: 12,
    request: () => fields({}, { pageSize: pageSize(), pageToken: badPageToken() }),
  },
  "workflow.v1.WorkflowService/DeleteWorkflow": {
    weight: 8,
    request: ({ tenant }) =>
      workflowName.chain((name) => fields({ name: spelled(tenant, fc.constant(name)) }, { etag: etag(tenant, name) })),
  },
  "workflow.v1.WorkflowService/ValidateWorkflow": {
    weight: 10,
    request: (drawing) => fields({ workflow: definition(drawing) }),
  },
  "workflow.v1.RunService/StartRun": {
    weight: 30,
    request: ({ tenant }) =>
      fields(
        { workflow: spelled(tenant, workflowName) },
        {
          subject: [60, versionName(tenant)],
          input: [40, fc.constantFrom<JsonObject>({ a: 1 }, { 深: { b: [1.5, null, true, "\u{1f600}"] } }, {})],
          requestId: requestId(),
        },
      ),
  },
  "workflow.v1.RunService/GetRun": {
    weight: 20,
    request: ({ tenant, other }) => fields({ name: runName(tenant, other) }),
  },
  "workflow.v1.RunService/ListRuns": {
    weight: 40,
    request: ({ tenant }) => {
      const words = {
        workflow: weighted([3, workflowName], [1, fc.constant("admission")]),
        state: fc.constantFrom("SUCCEEDED", "FAILED", "CANCELLED", "RUNNING", "running"),
        subject: versionName(tenant),
        subject_uid: known(tenant.versionUids, NO_UID),
        event_id: known(tenant.uids, NO_UID),
        creator: known(tenant.principals, "users/ada"),
        create_time: known(tenant.times, "2026-01-01T00:00:00Z"),
      };
      return fields(
        {},
        {
          filter: [60, filters(words)],
          orderBy: [40, fc.constantFrom("create_time", "create_time desc", "state")],
          pageSize: pageSize(),
          pageToken: badPageToken(),
        },
      );
    },
  },
  "workflow.v1.RunService/WatchRun": {
    weight: 12,
    request: ({ tenant, other }) => fields({ name: runName(tenant, other) }),
  },
  "workflow.v1.RunService/CancelRun": {
    weight: 12,
    request: ({ tenant, other, heldRuns }) => {
      const own = heldRuns.filter((name) => tenant.runs.has(name));
      const name =
        own.length > 0 ? weighted([3, fc.constantFrom(...own)], [1, runName(tenant, other)]) : runName(tenant, other);
      return fields({ name }, { reason: [60, text] });
    },
  },
  "workflow.v1.RunService/RetryRun": {
    weight: 12,
    request: ({ tenant, other }) => fields({ name: runName(tenant, other) }, { requestId: requestId() }),
  },
};

import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import fc from "fast-check";
import type { KnownTenant } from "../known/known-tenant.ts";
import { MODEL_NAMES, REFUSED_NAMES } from "../words.ts";
import { described, describedWords, maskPaths } from "./descriptive.ts";
import { badPageToken, etag, fields, known, pageSize, requestId, spelled, weighted } from "./draw.ts";
import { filters, queries } from "./filters.ts";
import type { Drawing, Plans } from "./plan.ts";

const UPDATABLE = ["description", "tags", "labels", "author", "owners", "primaryDataset", "retention", "compatibility"];
const ALIASES = ["champion", "challenger", "a-b_c", "latest", "v1", "production", "X", "x", "模型"];

const newName = weighted([12, fc.constantFrom(...MODEL_NAMES)], [1, fc.constantFrom(...REFUSED_NAMES)]).map(
  (name) => `models/${name}`,
);

/** A model that exists, existed or might. */
export function modelName(tenant: KnownTenant): fc.Arbitrary<string> {
  return spelled(
    tenant,
    weighted(
      [6, fc.constantFrom("models/iris", "models/模型")],
      [8, known(tenant.models, "models/iris")],
      [2, newName],
    ),
  );
}

/** A request about a model under `field`, whose etag is that of the model. */
function aboutModel(
  { tenant }: Drawing,
  field: string,
  more: (name: string) => Parameters<typeof fields>,
): fc.Arbitrary<JsonObject> {
  return modelName(tenant).chain((name) => {
    const [always, sometimes] = more(name);
    return fields({ [field]: fc.constant(name), ...always }, sometimes);
  });
}

/** The numbers of a model's versions. */
function numbersOf({ versions }: KnownTenant, model: string): string[] {
  const start = `${model}/versions/`;
  return [...versions].filter((name) => name.startsWith(start)).map((name) => name.slice(start.length));
}

const orders = fc.constantFrom(
  "create_time",
  "create_time desc",
  "name",
  "name",
  "name desc",
  "update_time",
  "update_time desc",
  "version_count desc",
  "author",
);

/** Policies that keep everything for now, since what they let go goes in the background. */
const retentionPolicy = fields(
  {
    keepLast: weighted([8, fc.constantFrom(1, 1000)], [1, fc.constantFrom(0, 1001)]),
    keepStages: weighted([8, fc.constant<string[]>(["development"])], [1, fc.constant<string[]>([])]),
    keepDays: fc.constantFrom(30, 365),
  },
  { pinLabel: [20, fc.constant("ada")], graceDays: [50, fc.constantFrom(1, 9)] },
);

const previewedPolicy = fields(
  {
    keepLast: fc.constantFrom(1, 2, 3),
    keepStages: weighted(
      [8, fc.constantFrom<string[]>(["production"], ["testing", "development"])],
      [1, fc.constant<string[]>([])],
    ),
  },
  {
    keepDays: [20, fc.constantFrom(1, 30)],
    pinLabel: [40, fc.constant("ada")],
    graceDays: [50, fc.constantFrom(0, 9)],
  },
);

export const modelPlans: Plans = {
  "metadata.v1.ModelService/CreateModel": {
    weight: 40,
    request: ({ tenant }) =>
      fields({ model: fields({ name: spelled(tenant, newName) }, described) }, { requestId: requestId() }),
  },
  "metadata.v1.ModelService/GetModel": {
    weight: 30,
    request: ({ tenant }) => fields({ name: modelName(tenant) }),
  },
  "metadata.v1.ModelService/ListModels": {
    weight: 80,
    request: ({ tenant }) => {
      const words = {
        name: fc.constantFrom(...MODEL_NAMES),
        alias: fc.constantFrom("champion", "challenger"),
        version_count: fc.constantFrom("0", "1", "2", "1e3", "x"),
      };
      return fields(
        {},
        {
          filter: [45, filters({ ...words, ...describedWords(tenant) })],
          orderBy: [60, weighted([15, orders], [1, fc.constantFrom("size", "name asc desc", "name, uid")])],
          pageSize: pageSize(),
          pageToken: badPageToken(),
          showDeleted: [40, fc.constant(true)],
          query: [25, queries],
          includeTotalSize: [30, fc.constant(true)],
          facets: [30, fc.constantFrom<JsonValue>(["labels"], ["author", "labels"], ["size"])],
          shared: [20, fc.constant(true)],
        },
      );
    },
  },
  "metadata.v1.ModelService/UpdateModel": {
    weight: 50,
    request: ({ tenant }) =>
      modelName(tenant).chain((name) =>
        fields(
          {
            model: fields(
              { name: fc.constant(name) },
              {
                ...described,
                etag: etag(tenant, name),
                retention: [15, retentionPolicy],
                compatibility: [15, fc.constantFrom<JsonValue>("COMPATIBILITY_BACKWARD", "COMPATIBILITY_NONE", 9)],
              },
            ),
          },
          { updateMask: [60, maskPaths(UPDATABLE)], requestId: requestId() },
        ),
      ),
  },
  "metadata.v1.ModelService/RenameModel": {
    weight: 15,
    request: (drawing) =>
      aboutModel(drawing, "name", (name) => [
        { newName: spelled(drawing.tenant, newName) },
        { etag: etag(drawing.tenant, name), requestId: requestId() },
      ]),
  },
  "metadata.v1.ModelService/DeleteModel": {
    weight: 16,
    request: (drawing) =>
      aboutModel(drawing, "name", (name) => [{}, { etag: etag(drawing.tenant, name), requestId: requestId() }]),
  },
  "metadata.v1.ModelService/UndeleteModel": {
    weight: 16,
    request: (drawing) => aboutModel(drawing, "name", () => [{}, { requestId: requestId() }]),
  },
  "metadata.v1.ModelService/PurgeModel": {
    weight: 12,
    request: (drawing) => aboutModel(drawing, "name", () => [{}, { requestId: requestId() }]),
  },
  "metadata.v1.ModelService/ShareModel": {
    weight: 14,
    request: (drawing) =>
      aboutModel(drawing, "name", (name) => [{}, { etag: etag(drawing.tenant, name), requestId: requestId() }]),
  },
  "metadata.v1.ModelService/UnshareModel": {
    weight: 8,
    request: (drawing) =>
      aboutModel(drawing, "name", (name) => [{}, { etag: etag(drawing.tenant, name), requestId: requestId() }]),
  },
  "metadata.v1.ModelService/SetAlias": {
    weight: 40,
    request: (drawing) =>
      aboutModel(drawing, "model", (name) => [
        {
          alias: weighted([3, fc.constantFrom("champion", "challenger")], [1, fc.constantFrom(...ALIASES)]),
          version: weighted(
            [3, known(numbersOf(drawing.tenant, name), "1.0.0")],
            [1, fc.constantFrom("1.0.0", "9.9.9", "x")],
          ),
        },
        { etag: etag(drawing.tenant, name), requestId: requestId() },
      ]),
  },
  "metadata.v1.ModelService/DeleteAlias": {
    weight: 25,
    request: (drawing) =>
      aboutModel(drawing, "model", (name) => [
        { alias: weighted([3, fc.constantFrom("champion", "challenger")], [1, fc.constantFrom(...ALIASES)]) },
        { etag: etag(drawing.tenant, name), requestId: requestId() },
      ]),
  },
  "metadata.v1.ModelService/PreviewRetention": {
    weight: 20,
    request: (drawing) =>
      aboutModel(drawing, "name", () => [
        {},
        { policy: [80, previewedPolicy], pageSize: pageSize(), pageToken: badPageToken() },
      ]),
  },
};

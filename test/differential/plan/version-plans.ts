import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import fc from "fast-check";
import type { KnownTenant } from "../known/known-tenant.ts";
import { MODEL_NAMES, TEXTS } from "../words.ts";
import { described, describedWords, maskPaths } from "./descriptive.ts";
import { badPageToken, etag, fields, known, NO_UID, pageSize, requestId, spelled, weighted } from "./draw.ts";
import { filters, queries } from "./filters.ts";
import { modelName } from "./model-plans.ts";
import type { Drawing, Plans } from "./plan.ts";

const UPDATABLE = ["description", "tags", "labels", "author"];
const NUMBERS = ["1.0.0", "1.0.1", "1.1.0", "2.0.0", "2.0.0-rc.1", "2.0.0-rc.10", "10.0.0", "0.1.0"];
const BAD_NUMBERS = ["1.0", "v1.0.0", "1.0.0+build", "01.0.0", "", "99999999999999999999.0.0"];
const SELECTORS = [
  "",
  "latest",
  "^1",
  "1.x",
  ">=1 <2",
  "~1.0",
  "*",
  "champion",
  "production",
  "1.0.0",
  "2.0.0-rc.1",
  "☃",
];

const versionNumber = weighted([12, fc.constantFrom(...NUMBERS)], [1, fc.constantFrom(...BAD_NUMBERS)]);

/** A version that exists, existed or might. */
export function versionName(tenant: KnownTenant): fc.Arbitrary<string> {
  const made = fc.tuple(known(tenant.models, "models/iris"), versionNumber).map((parts) => parts.join("/versions/"));
  return spelled(tenant, weighted([9, known(tenant.versions, "models/iris/versions/1.0.0")], [2, made]));
}

/** An artifact of the tenant, of the other one, or of nobody. */
export function artifactName({ tenant, other }: Drawing): fc.Arbitrary<string> {
  const nobody = `artifacts/${"0".repeat(64)}`;
  const plain = weighted(
    [20, known(tenant.artifacts, nobody)],
    [1, known(other.artifacts, nobody)],
    [1, fc.constantFrom(nobody, "artifacts/short")],
  );
  return spelled(tenant, plain);
}

const signature = fc.constantFrom<JsonObject>(
  { inputs: [{ name: "x", dtype: "float32" }], outputs: [{ name: "y", dtype: "int64" }] },
  { inputs: [{ name: "x", dtype: "float64" }], outputs: [{ name: "y", dtype: "int64" }] },
  {
    inputs: [
      { name: "x", dtype: "float32" },
      { name: "z", dtype: "string", optional: true },
    ],
  },
  { inputs: [{ name: "", dtype: "float32" }] },
  {
    inputs: [
      { name: "x", dtype: "float32" },
      { name: "x", dtype: "float32" },
    ],
  },
);

const orders = [
  "create_time",
  "model",
  "number",
  "ordinal",
  "size_bytes",
  "update_time",
  "publish_time",
  "author",
  "stage",
  "framework",
  "metrics.f1",
].flatMap((field) => [field, `${field} desc`]);

export const versionPlans: Plans = {
  "metadata.v1.VersionService/CreateVersion": {
    weight: 70,
    request: (drawing) =>
      fields(
        { parent: modelName(drawing.tenant), artifact: artifactName(drawing) },
        {
          ...described,
          base: [10, versionNumber],
          signature: [10, signature],
          unlessUnchanged: [20, fc.constant(true)],
          requestId: requestId(),
        },
      ).chain((request) =>
        weighted(
          [3, fc.constant(request)],
          [2, versionNumber.map((number) => ({ ...request, number }))],
          [
            3,
            weighted([12, fc.constantFrom(1, 2, 3, 4)], [1, fc.constantFrom(0, 9)]).map((bump) => ({
              ...request,
              bump,
            })),
          ],
        ),
      ),
  },
  "metadata.v1.VersionService/GetVersion": {
    weight: 30,
    request: ({ tenant }) => fields({ name: versionName(tenant) }),
  },
  "metadata.v1.VersionService/ListVersions": {
    weight: 80,
    request: (drawing) => {
      const { tenant } = drawing;
      const words = {
        name: versionName(tenant),
        model: fc.constantFrom(...MODEL_NAMES),
        number: versionNumber,
        alias: fc.constantFrom("champion", "challenger"),
        ordinal: fc.constantFrom("1", "2", "-1", "1.5"),
        state: fc.constantFrom("PUBLISHED", "REJECTED", "VALIDATING", "WITHDRAWN", "published"),
        stage: fc.constantFrom("development", "production", ""),
        formats: fc.constantFrom("onnx", "safetensors", "pickle"),
        framework: fc.constantFrom("skl2onnx", ""),
        artifact: artifactName(drawing),
        size_bytes: fc.constantFrom("0", "100", "3145745", "1e6"),
        "metrics.f1": fc.constantFrom("0", "0.5", "x"),
      };
      return fields(
        { parent: weighted([1, fc.constant("models/-")], [1, modelName(tenant)]) },
        {
          filter: [45, filters({ ...words, ...describedWords(tenant) })],
          orderBy: [60, weighted([15, fc.constantFrom(...orders)], [1, fc.constantFrom("name", "number up")])],
          pageSize: pageSize(),
          pageToken: badPageToken(),
          showDeleted: [40, fc.constant(true)],
          query: [25, queries],
          includeTotalSize: [30, fc.constant(true)],
          facets: [
            30,
            fc.constantFrom<JsonValue>(
              ["state", "stage", "labels"],
              ["framework", "formats", "author", "model"],
              ["size"],
            ),
          ],
        },
      );
    },
  },
  "metadata.v1.VersionService/UpdateVersion": {
    weight: 40,
    request: ({ tenant }) =>
      versionName(tenant).chain((name) =>
        fields(
          { version: fields({ name: fc.constant(name) }, { ...described, etag: etag(tenant, name) }) },
          { updateMask: [60, maskPaths(UPDATABLE)], requestId: requestId() },
        ),
      ),
  },
  "metadata.v1.VersionService/DeleteVersion": {
    weight: 15,
    request: ({ tenant }) =>
      versionName(tenant).chain((name) =>
        fields({ name: fc.constant(name) }, { etag: etag(tenant, name), requestId: requestId() }),
      ),
  },
  "metadata.v1.VersionService/UndeleteVersion": {
    weight: 12,
    request: ({ tenant }) => fields({ name: versionName(tenant) }, { requestId: requestId() }),
  },
  "metadata.v1.VersionService/WithdrawVersion": {
    weight: 12,
    request: ({ tenant }) =>
      versionName(tenant).chain((name) =>
        fields(
          { name: fc.constant(name), reason: weighted([12, fc.constantFrom(...TEXTS)], [1, fc.constantFrom("", " ")]) },
          { etag: etag(tenant, name), requestId: requestId() },
        ),
      ),
  },
  "metadata.v1.VersionService/ResolveVersion": {
    weight: 40,
    request: ({ tenant }) =>
      fields({ model: modelName(tenant), selector: weighted([5, fc.constantFrom(...SELECTORS)], [1, versionNumber]) }),
  },
  "metadata.v1.VersionService/CompareVersions": {
    weight: 20,
    request: ({ tenant }) => fields({ first: versionName(tenant), second: versionName(tenant) }),
  },
  "metadata.v1.VersionService/FinishValidation": {
    weight: 8,
    request: ({ tenant }) =>
      fields(
        {
          versionUid: weighted([9, known(tenant.versionUids, NO_UID)], [1, fc.constant(NO_UID)]),
          run: known(tenant.runs, `runs/${NO_UID}`),
          proven: fc.boolean(),
          verdict: fc.constantFrom(0, 1, 2, 3),
        },
        { findings: [30, fc.constant([{ rule: "x.y", severity: 3, path: "a", message: "b" }])] },
      ),
  },
};

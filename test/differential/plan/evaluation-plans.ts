import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import fc from "fast-check";
import type { KnownTenant } from "../known/known-tenant.ts";
import { badPageToken, fields, known, NO_UID, pageSize, requestId, spelled, weighted } from "./draw.ts";
import { filters } from "./filters.ts";
import type { Drawing, Plans } from "./plan.ts";
import { artifactName, versionName } from "./version-plans.ts";

const DATASETS = ["test", "数据集", "imdb-test", 'with "quotes"', "per%cent"];
const LABELS = ["spam", "ham", "\u{1f600}", "é", "☃"];
const METRICS = ["accuracy", "f1", "loss/val", "a.b", "bleu", "mae"];

const dataset = weighted([20, fc.constantFrom(...DATASETS)], [1, fc.constantFrom("", "x".repeat(257))]);
const count = weighted(
  [20, fc.nat({ max: 100 }).map(String)],
  [1, fc.constantFrom("-1", "1000000000000", "1000000000001")],
);

const counts = fields(
  {},
  {
    truePositives: [90, count],
    trueNegatives: [90, count],
    falsePositives: [80, count],
    falseNegatives: [80, count],
  },
).map((value): JsonObject => ({ counts: value }));

const cell = weighted<JsonValue>([30, fc.nat({ max: 50 })], [4, fc.constant(0.5)], [1, fc.constantFrom("NaN", -1, -0)]);

const matrix = fc.uniqueArray(fc.constantFrom(...LABELS), { minLength: 1, maxLength: 4 }).chain((labels) => {
  const cells = labels.length ** 2;
  return fc
    .array(cell, { minLength: cells, maxLength: cells })
    .map((values): JsonObject => ({ matrix: { labels, cells: values } }));
});

const metricValue = weighted<JsonValue>(
  [20, fc.double({ min: -1e6, max: 1e6, noNaN: true })],
  [2, fc.constantFrom(0, -0, 1, 1e300, 5e-324)],
  [1, fc.constantFrom("NaN", "Infinity")],
);
const metricName = weighted([30, fc.constantFrom(...METRICS)], [1, fc.constantFrom("", "1st", "a b", "x".repeat(65))]);
const given = fc
  .dictionary(metricName, metricValue, { minKeys: 0, maxKeys: 4 })
  .map((values): JsonObject => ({ metrics: { values } }));

const measured = weighted([3, counts], [3, matrix], [4, given], [1, fc.constant<JsonObject>({})]);
const sliceName = weighted([12, fc.constantFrom("language=de", "language=中文", "a")], [1, fc.constant("")]);

/** The slices are mostly in the form of the whole. */
function slicesLike(whole: JsonObject): fc.Arbitrary<JsonValue> {
  const slice = fields({
    slice: sliceName,
    measured: weighted<JsonValue>([8, fc.constant(whole)], [1, measured]),
  });
  return fc.array(slice, { minLength: 1, maxLength: 2 });
}

function evaluationName(tenant: KnownTenant): fc.Arbitrary<string> {
  const nobody = `models/iris/versions/1.0.0/evaluations/${NO_UID}`;
  return spelled(tenant, weighted([9, known(tenant.evaluations, nobody)], [1, fc.constant(nobody)]));
}

const parameters: [number, fc.Arbitrary<JsonValue>] = [20, fc.constant({ threshold: "0.5", 参数: "值" })];
const positiveLabel: [number, fc.Arbitrary<JsonValue>] = [30, fc.constantFrom(...LABELS, "eggs")];

export const evaluationPlans: Plans = {
  "metadata.v1.EvaluationService/RecordEvaluation": {
    weight: 50,
    request: (drawing: Drawing) =>
      measured.chain((whole) =>
        fields(
          { parent: versionName(drawing.tenant), dataset, measured: fc.constant(whole) },
          {
            datasetArtifact: [15, artifactName(drawing)],
            slices: [25, slicesLike(whole)],
            positiveLabel,
            lowerIsBetter: [10, fc.constantFrom(["bleu"], ["nothing"])],
            parameters,
            requestId: requestId(),
          },
        ),
      ),
  },
  "metadata.v1.EvaluationService/RecordPredictions": {
    weight: 20,
    // The header, and where the rows come from: see prediction-stream.ts.
    request: ({ tenant }) =>
      fields(
        { parent: versionName(tenant), dataset },
        { positiveLabel, parameters, requestId: requestId(), seed: [90, fc.nat({ max: 1000 })] },
      ),
  },
  "metadata.v1.EvaluationService/GetEvaluation": {
    weight: 15,
    request: ({ tenant }) => fields({ name: evaluationName(tenant) }),
  },
  "metadata.v1.EvaluationService/ListEvaluations": {
    weight: 40,
    request: ({ tenant }) => {
      const words = {
        dataset: fc.constantFrom(...DATASETS),
        source: fc.constantFrom("CLAIMED", "VERIFIED", "claimed"),
        creator: known(tenant.principals, "users/ada"),
        row_count: fc.constantFrom("0", "1", "100", "1e3", "x"),
      };
      const orders = ["create_time", "create_time desc", "row_count", "row_count desc"];
      return fields(
        { parent: versionName(tenant) },
        {
          filter: [45, filters(words)],
          orderBy: [50, weighted([15, fc.constantFrom(...orders)], [1, fc.constant("dataset")])],
          pageSize: pageSize(),
          pageToken: badPageToken(),
        },
      );
    },
  },
  "metadata.v1.EvaluationService/CompareEvaluations": {
    weight: 30,
    request: ({ tenant }) =>
      fields(
        { baseline: versionName(tenant), candidate: versionName(tenant) },
        { dataset: [60, fc.constantFrom(...DATASETS)], slice: [10, sliceName] },
      ),
  },
};

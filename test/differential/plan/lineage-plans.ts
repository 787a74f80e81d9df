import type { JsonObject } from "@bufbuild/protobuf";
import fc from "fast-check";
import { fields, requestId, weighted } from "./draw.ts";
import type { Drawing, Plans } from "./plan.ts";
import { artifactName, versionName } from "./version-plans.ts";

const KINDS = ["DERIVED_FROM", "FINE_TUNED_FROM", "QUANTIZED_FROM", "TRAINED_ON", "EVALUATED_ON"];

const kind = weighted(
  [12, fc.constantFrom(...KINDS).map((name) => `RELATION_KIND_${name}`)],
  [1, fc.constantFrom("RELATION_KIND_UNSPECIFIED", 9)],
);

/** Few, so that they meet; and some that none can be. */
const datasetName = weighted([8, fc.constantFrom("imdb", "数据", "wiki text")], [1, fc.constantFrom("", "a\nb")]);

function dataset(drawing: Drawing): fc.Arbitrary<JsonObject> {
  return fields({ name: datasetName }, { artifact: [20, artifactName(drawing)] });
}

function relation(drawing: Drawing): fc.Arbitrary<JsonObject> {
  const { tenant } = drawing;
  return weighted(
    [6, fields({ source: versionName(tenant), kind, version: versionName(tenant) })],
    [3, fields({ source: versionName(tenant), kind, dataset: dataset(drawing) })],
    [1, fields({ source: versionName(tenant), kind })],
  );
}

export const lineagePlans: Plans = {
  "metadata.v1.LineageService/AddRelation": {
    weight: 50,
    request: (drawing) => fields({ relation: relation(drawing) }, { requestId: requestId() }),
  },
  "metadata.v1.LineageService/RemoveRelation": {
    weight: 12,
    request: (drawing) => fields({ relation: relation(drawing) }, { requestId: requestId() }),
  },
  "metadata.v1.LineageService/GetLineage": {
    weight: 40,
    request: (drawing) =>
      fields(
        {},
        {
          direction: [60, fc.constantFrom("LINEAGE_DIRECTION_UP", "LINEAGE_DIRECTION_DOWN", 7)],
          depth: [30, weighted([6, fc.constantFrom(1, 2, 50)], [1, fc.constantFrom(-1, 51)])],
          stage: [20, fc.constantFrom("development", "production")],
        },
      ).chain((rest) =>
        weighted(
          [6, versionName(drawing.tenant).map((version) => ({ ...rest, version }))],
          [2, dataset(drawing).map((named) => ({ ...rest, dataset: named }))],
          [1, fc.constant(rest)],
        ),
      ),
  },
};

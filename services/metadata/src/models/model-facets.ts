import type { FacetValues } from "../search/facets.ts";
import type { StoredModel } from "./model.ts";

/** Which fields of models ListModels counts the values of, as the proto says. */
export const MODEL_FACETS: Readonly<Record<string, FacetValues<StoredModel>>> = {
  labels: ({ model }) => model.labels,
  author: ({ model }) => [model.author],
};

import { fieldTerm } from "@slipway/resources";
import type { FacetField } from "../search/facets.ts";
import type { StoredModel } from "./model.ts";

/** Which fields of models ListModels counts the values of, as the proto says. */
export const MODEL_FACETS: Readonly<Record<string, FacetField<StoredModel>>> = {
  labels: { valuesOf: ({ model }) => model.labels, term: (label) => fieldTerm("labels", label) },
  author: { valuesOf: ({ model }) => [model.author], term: (author) => fieldTerm("author", author) },
};

import type { ListModelsRequest } from "@slipway/gen/slipway/metadata/v1/model_service_pb.js";
import { numberField, type OrderFields, parseFilter, parseOrderBy, textField } from "@slipway/resources";
import { boundedField, boundedTerm } from "../search/bounded-term.ts";
import { DELETED_TERM, describedFields, describedNumbers, describedTerms } from "../search/descriptive-fields.ts";
import { modelNameOf, type StoredModel } from "./model.ts";

const FILTER_FIELDS = {
  name: boundedField(textField("name")),
  ...describedFields,
  version_count: numberField("version_count"),
};

/** The term of models whose purge has begun. */
export const PURGING_TERM = "purging";

const ORDER_FIELDS: OrderFields = {
  create_time: "created",
  name: { string: "name" },
  update_time: { number: "update_time" },
};

/** What of a model can be searched and sorted; `name` is found with and without `models/`. */
export function projectModel({ model, purger }: StoredModel) {
  return {
    terms: [
      ...[model.name, modelNameOf(model)].map((name) => boundedTerm(`name:${name}`)),
      ...describedTerms(model),
      ...(model.deleteTime === undefined ? [] : [DELETED_TERM]),
      ...(purger === undefined ? [] : [PURGING_TERM]),
    ],
    numbers: { ...describedNumbers(model), version_count: Number(model.versionCount) },
    strings: { name: modelNameOf(model) },
  };
}

/** What ListModels asks of the store. Throws FILTER_INVALID and ORDER_BY_INVALID. */
export function modelQuery({ filter, orderBy, showDeleted }: ListModelsRequest) {
  const wanted = parseFilter(filter, FILTER_FIELDS);
  const notDeleted = showDeleted ? [] : [{ not: { term: DELETED_TERM } }];
  return {
    filter: { and: [...(wanted === undefined ? [] : [wanted]), ...notDeleted] },
    ordering: parseOrderBy(orderBy, ORDER_FIELDS, { by: "created", direction: "ascending" }),
  };
}

import type { ListModelsRequest } from "@slipway/gen/slipway/metadata/v1/model_service_pb.js";
import {
  fieldTerm,
  listField,
  numberField,
  type OrderFields,
  parseFilter,
  parseOrderBy,
  sortedBy,
  textField,
} from "@slipway/resources";
import {
  DELETED_TERM,
  describedFields,
  describedNumbers,
  describedTerms,
  describedTexts,
} from "../search/descriptive-fields.ts";
import { bareWords, queryFilter, wordTerms } from "../search/word-search.ts";
import { isShared, modelNameOf, type StoredModel } from "./model.ts";

const FILTER_FIELDS = {
  name: textField("name"),
  ...describedFields,
  alias: listField("alias"),
  version_count: numberField("version_count"),
};

/** The term of models with a retention policy. */
export const RETAINED_TERM = "retained";

/** The term of models that all tenants may read. */
export const SHARED_TERM = "shared";

/** The term of models whose purge has begun. */
export const PURGING_TERM = "purging";

const ORDER_FIELDS: OrderFields = {
  author: { string: "author" },
  create_time: "created",
  name: { string: "name" },
  update_time: { number: "update_time" },
  version_count: { number: "version_count" },
};

/** What of a model can be searched and sorted; `name` is found with and without `models/`. */
export function projectModel({ model }: StoredModel) {
  return {
    terms: [
      ...[model.name, modelNameOf(model)].map((name) => fieldTerm("name", name)),
      ...Object.keys(model.aliases).map((alias) => fieldTerm("alias", alias)),
      ...describedTerms(model),
      ...wordTerms([modelNameOf(model), ...describedTexts(model)]),
    ],
    numbers: { ...describedNumbers(model), version_count: Number(model.versionCount) },
    strings: { name: modelNameOf(model), ...sortedBy("author", model.author) },
  };
}

/** What of a model sweepers find over all tenants, and all of a shared one. */
export function projectModelAcrossTenants(stored: StoredModel) {
  const { model, purger } = stored;
  const swept = [
    ...(purger === undefined ? [] : [PURGING_TERM]),
    ...(model.retention === undefined ? [] : [RETAINED_TERM]),
  ];
  if (!isShared(stored)) return { terms: swept };
  const searched = projectModel(stored);
  return { ...searched, terms: [...swept, SHARED_TERM, ...searched.terms] };
}

/** What ListModels asks of the store. Throws FILTER_INVALID, QUERY_INVALID and ORDER_BY_INVALID. */
export function modelQuery({ filter, query, orderBy, showDeleted }: ListModelsRequest) {
  const wanted = [parseFilter(filter, FILTER_FIELDS, bareWords), queryFilter(query)];
  const notDeleted = showDeleted ? [] : [{ not: { term: DELETED_TERM } }];
  return {
    filter: { and: [...wanted.filter((part) => part !== undefined), ...notDeleted] },
    ordering: parseOrderBy(orderBy, ORDER_FIELDS, { by: "created", direction: "ascending" }),
  };
}

import { timestampMs } from "@bufbuild/protobuf/wkt";
import { EvaluationSource } from "@slipway/gen/slipway/metadata/v1/evaluation_pb.js";
import type { ListEvaluationsRequest } from "@slipway/gen/slipway/metadata/v1/evaluation_service_pb.js";
import {
  enumField,
  fieldTerm,
  numberField,
  type OrderFields,
  parseFilter,
  parseOrderBy,
  textField,
  timeField,
} from "@slipway/resources";
import type { StoredEvaluation } from "./evaluation.ts";

const SOURCES = [EvaluationSource.CLAIMED, EvaluationSource.VERIFIED].map((source) => EvaluationSource[source]);

const FILTER_FIELDS = {
  dataset: textField("dataset"),
  source: enumField("source", SOURCES),
  creator: textField("creator"),
  row_count: numberField("row_count"),
  create_time: timeField("create_time"),
};

const ORDER_FIELDS: OrderFields = { create_time: "created", row_count: { number: "row_count" } };

/** Terms that are no fields of filters. */
export const evaluationTerms = {
  version: (uid: string) => `version:${uid}`,
};

/** What of an evaluation can be searched and sorted. */
export function projectEvaluation({ evaluation, versionUid }: StoredEvaluation) {
  const { dataset, source, creator, createTime, rowCount } = evaluation;
  return {
    terms: [
      evaluationTerms.version(versionUid),
      fieldTerm("dataset", dataset),
      `source:${EvaluationSource[source]}`,
      fieldTerm("creator", creator),
    ],
    numbers: { row_count: Number(rowCount), ...(createTime && { create_time: timestampMs(createTime) }) },
  };
}

/** What ListEvaluations asks of the store. Throws FILTER_INVALID and ORDER_BY_INVALID. */
export function evaluationQuery({ filter, orderBy }: ListEvaluationsRequest, versionUid: string) {
  const wanted = parseFilter(filter, FILTER_FIELDS);
  return {
    filter: { and: [{ term: evaluationTerms.version(versionUid) }, ...(wanted === undefined ? [] : [wanted])] },
    ordering: parseOrderBy(orderBy, ORDER_FIELDS, { by: "created", direction: "ascending" }),
  };
}

/** The evaluations of a version on a dataset from one source. */
export function evaluationsOn(versionUid: string, dataset: string, source: EvaluationSource) {
  const terms = [
    evaluationTerms.version(versionUid),
    fieldTerm("dataset", dataset),
    `source:${EvaluationSource[source]}`,
  ];
  return { and: terms.map((term) => ({ term })) };
}

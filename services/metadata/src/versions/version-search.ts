import { timestampMs } from "@bufbuild/protobuf/wkt";
import { VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import type { ListVersionsRequest } from "@slipway/gen/slipway/metadata/v1/version_service_pb.js";
import {
  enumField,
  fieldTerm,
  listField,
  numberField,
  numberMapField,
  type OrderFields,
  parseFilter,
  parseOrderBy,
  presenceTerm,
  sortedBy,
  textField,
  timeField,
} from "@slipway/resources";
import { modelResourceName } from "../models/model.ts";
import {
  DELETED_TERM,
  describedFields,
  describedNumbers,
  describedTerms,
  describedTexts,
} from "../search/descriptive-fields.ts";
import { metricNumber, metricNumbers } from "../search/metrics.ts";
import { bareWords, queryFilter, wordTerms } from "../search/word-search.ts";
import { precedenceKey } from "./precedence-key.ts";
import { isPublished, type StoredVersion, versionResourceName } from "./version.ts";

const STATES = [
  VersionState.VALIDATING,
  VersionState.REJECTED,
  VersionState.READY,
  VersionState.PUBLISHED,
  VersionState.WITHDRAWN,
].map((state) => VersionState[state]);

const FILTER_FIELDS = {
  name: textField("name"),
  model: textField("model-name"),
  number: textField("number"),
  alias: listField("alias"),
  ordinal: numberField("ordinal"),
  state: enumField("state", STATES),
  stage: textField("stage"),
  ...describedFields,
  publish_time: timeField("publish_time"),
  formats: listField("formats"),
  framework: textField("framework"),
  artifact: textField("artifact"),
  size_bytes: numberField("size_bytes"),
  metrics: numberMapField("metrics"),
};

/** By precedence within one model; across models it is `number`. */
const numberInModel = (modelUid: string) => `number/${modelUid}`;

/** The indexes that answer a question about one model from their end, whatever the count of its versions. */
export const versionIndexes = {
  /** All versions by precedence. */
  all: numberInModel,
  /** What everybody may use, by precedence. */
  published: (modelUid: string) => `published/${modelUid}`,
  /** What is published and in a stage, by its entry. */
  stage: (modelUid: string, stage: string) => `stage/${modelUid}/${stage}`,
};

/** Terms that are no fields of filters. */
export const versionTerms = {
  model: (uid: string) => `model:${uid}`,
  uid: (uid: string) => `uid:${uid}`,
  artifact: (artifact: string) => `artifact:${artifact}`,
};

/** The versions of a model that may be its newest: neither rejected nor deleted. */
export function candidatesOf(modelUid: string) {
  const rejected = { term: `state:${VersionState[VersionState.REJECTED]}` };
  return { and: [{ term: versionTerms.model(modelUid) }, { not: rejected }, { not: { term: DELETED_TERM } }] };
}

/** The versions of a model with an artifact that are not deleted. */
export function versionsOfArtifact(modelUid: string, artifact: string) {
  const terms = [versionTerms.model(modelUid), versionTerms.artifact(artifact)].map((term) => ({ term }));
  return { and: [...terms, { not: { term: DELETED_TERM } }] };
}

/** The versions of a model that know it by another name; the name is a resource name. */
export function versionsNamedOtherwise(modelUid: string, name: string) {
  return { and: [{ term: versionTerms.model(modelUid) }, { not: { term: fieldTerm("model-name", name) } }] };
}

/** What of a version its model tells: how it is called. */
function termsOfModel({ version, ofModel: { name, aliases } }: StoredVersion): string[] {
  return [
    fieldTerm("name", versionResourceName(name, version.number)),
    ...[name, modelResourceName(name)].map((spelled) => fieldTerm("model-name", spelled)),
    ...aliases.map((alias) => fieldTerm("alias", alias)),
  ];
}

/** What of a version can be searched and sorted; `artifact` is found with and without `artifacts/`. */
export function projectVersion(stored: StoredVersion) {
  const { version, modelUid, stageEntry, ofModel } = stored;
  const { number, artifact, summary, publishTime } = version;
  const key = precedenceKey(number);
  const metrics = metricNumbers(version.metrics);
  return {
    terms: [
      versionTerms.model(modelUid),
      versionTerms.uid(version.uid),
      versionTerms.artifact(artifact),
      versionTerms.artifact(artifact.replace(/^artifacts\//, "")),
      fieldTerm("number", number),
      `state:${VersionState[version.state]}`,
      fieldTerm("stage", version.stage),
      ...termsOfModel(stored),
      ...describedTerms(version),
      ...wordTerms([ofModel.name, ...describedTexts(version)]),
      fieldTerm("framework", summary?.framework ?? ""),
      ...(summary?.formats ?? []).map((format) => fieldTerm("formats", format)),
      ...(Object.keys(metrics).length === 0 ? [] : [presenceTerm("metrics")]),
    ],
    numbers: {
      ...metrics,
      ...describedNumbers(version),
      ...(publishTime && { publish_time: timestampMs(publishTime) }),
      ordinal: Number(version.ordinal),
      size_bytes: Number(version.sizeBytes),
      ...(isPublished(stored) &&
        stageEntry !== undefined && { [versionIndexes.stage(modelUid, version.stage)]: stageEntry }),
    },
    strings: {
      number: key,
      model: ofModel.name,
      ...sortedBy("author", version.author),
      ...sortedBy("stage", version.stage),
      ...sortedBy("framework", summary?.framework ?? ""),
      [versionIndexes.all(modelUid)]: key,
      ...(isPublished(stored) && { [versionIndexes.published(modelUid)]: key }),
    },
  };
}

/**
 * What ListVersions asks of the store: all versions, or those of one model; viewers get published ones only. Throws
 * FILTER_INVALID, QUERY_INVALID and ORDER_BY_INVALID.
 */
export function versionQuery(
  { filter, query, orderBy, showDeleted }: ListVersionsRequest,
  { modelUid, viewer }: { modelUid: string | undefined; viewer: boolean },
) {
  const orderFields: OrderFields = {
    create_time: "created",
    model: { string: "model" },
    number: { string: modelUid === undefined ? "number" : numberInModel(modelUid) },
    ordinal: { number: "ordinal" },
    size_bytes: { number: "size_bytes" },
    update_time: { number: "update_time" },
    publish_time: { number: "publish_time" },
    author: { string: "author" },
    stage: { string: "stage" },
    framework: { string: "framework" },
    metrics: (name) => ({ number: metricNumber(name) }),
  };
  const wanted = [parseFilter(filter, FILTER_FIELDS, bareWords), queryFilter(query)];
  return {
    filter: {
      and: [
        ...(modelUid === undefined ? [] : [{ term: versionTerms.model(modelUid) }]),
        ...wanted.filter((part) => part !== undefined),
        ...(viewer ? [{ term: `state:${VersionState[VersionState.PUBLISHED]}` }] : []),
        ...(showDeleted && !viewer ? [] : [{ not: { term: DELETED_TERM } }]),
      ],
    },
    ordering: parseOrderBy(orderBy, orderFields, { by: "created", direction: "ascending" }),
  };
}

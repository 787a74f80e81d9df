import { VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import type { ListVersionsRequest } from "@slipway/gen/slipway/metadata/v1/version_service_pb.js";
import { enumField, numberField, type OrderFields, parseFilter, parseOrderBy, textField } from "@slipway/resources";
import { boundedField, boundedTerm } from "../search/bounded-term.ts";
import { DELETED_TERM, describedFields, describedNumbers, describedTerms } from "../search/descriptive-fields.ts";
import { precedenceKey } from "./precedence-key.ts";
import { isPublished, type StoredVersion } from "./version.ts";

const STATES = [
  VersionState.VALIDATING,
  VersionState.REJECTED,
  VersionState.READY,
  VersionState.PUBLISHED,
  VersionState.WITHDRAWN,
].map((state) => VersionState[state]);

const FILTER_FIELDS = {
  number: textField("number"),
  ordinal: numberField("ordinal"),
  state: enumField("state", STATES),
  stage: boundedField(textField("stage")),
  ...describedFields,
  formats: boundedField(textField("formats")),
  framework: boundedField(textField("framework")),
  artifact: boundedField(textField("artifact")),
  size_bytes: numberField("size_bytes"),
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

/** What of a version can be searched and sorted; `artifact` is found with and without `artifacts/`. */
export function projectVersion(stored: StoredVersion) {
  const { version, modelUid, stageEntry } = stored;
  const { number, artifact, summary } = version;
  const key = precedenceKey(number);
  return {
    terms: [
      versionTerms.model(modelUid),
      versionTerms.uid(version.uid),
      versionTerms.artifact(artifact),
      versionTerms.artifact(artifact.replace(/^artifacts\//, "")),
      `number:${number}`,
      `state:${VersionState[version.state]}`,
      `stage:${version.stage}`,
      ...describedTerms(version),
      boundedTerm(`framework:${summary?.framework ?? ""}`),
      ...(summary?.formats ?? []).map((format) => boundedTerm(`formats:${format}`)),
      ...(version.deleteTime === undefined ? [] : [DELETED_TERM]),
    ],
    numbers: {
      ...describedNumbers(version),
      ordinal: Number(version.ordinal),
      size_bytes: Number(version.sizeBytes),
      ...(isPublished(stored) &&
        stageEntry !== undefined && { [versionIndexes.stage(modelUid, version.stage)]: stageEntry }),
    },
    strings: {
      number: key,
      [versionIndexes.all(modelUid)]: key,
      ...(isPublished(stored) && { [versionIndexes.published(modelUid)]: key }),
    },
  };
}

/**
 * What ListVersions asks of the store: all versions, or those of one model; viewers get published ones only. Throws
 * FILTER_INVALID and ORDER_BY_INVALID.
 */
export function versionQuery(
  { filter, orderBy, showDeleted }: ListVersionsRequest,
  { modelUid, viewer }: { modelUid: string | undefined; viewer: boolean },
) {
  const orderFields: OrderFields = {
    create_time: "created",
    number: { string: modelUid === undefined ? "number" : numberInModel(modelUid) },
    size_bytes: { number: "size_bytes" },
    update_time: { number: "update_time" },
  };
  const wanted = parseFilter(filter, FILTER_FIELDS);
  return {
    filter: {
      and: [
        ...(modelUid === undefined ? [] : [{ term: versionTerms.model(modelUid) }]),
        ...(wanted === undefined ? [] : [wanted]),
        ...(viewer ? [{ term: `state:${VersionState[VersionState.PUBLISHED]}` }] : []),
        ...(showDeleted && !viewer ? [] : [{ not: { term: DELETED_TERM } }]),
      ],
    },
    ordering: parseOrderBy(orderBy, orderFields, { by: "created", direction: "ascending" }),
  };
}

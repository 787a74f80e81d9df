import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { Artifact } from "@slipway/gen/slipway/artifact/v1/artifact_pb.js";
import { Verdict } from "@slipway/gen/slipway/artifact/v1/inspection_pb.js";
import type { Signature } from "@slipway/gen/slipway/artifact/v1/signature_pb.js";
import type { Model } from "@slipway/gen/slipway/metadata/v1/model_pb.js";
import type { Review } from "@slipway/gen/slipway/metadata/v1/review_pb.js";
import { type Version, VersionSchema, VersionState } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import type { CreateVersionRequest } from "@slipway/gen/slipway/metadata/v1/version_service_pb.js";
import { etagOf } from "@slipway/resources";
import { type Caller, fail, roleIncludes } from "@slipway/rpc";
import type { VersionScores } from "../evaluations/version-scores.ts";
import { aliasesOf } from "../models/alias.ts";
import { modelNameOf, type StoredModel } from "../models/model.ts";
import { isTooLarge } from "./signature.ts";
import { isStable } from "./version-number.ts";

/** The fields that UpdateVersion changes, as in the proto. */
export const UPDATABLE_VERSION_FIELDS = ["description", "tags", "labels", "author"] as const;

/** What a model says about a version. */
export interface OfModel {
  /** Its name. */
  name: string;
  /** Those that point at the version, sorted. */
  aliases: string[];
}

/** A version as it is stored. */
export interface StoredVersion {
  /** Of its document; 0 before it is stored. */
  revision: number;
  modelUid: string;
  /** Without name, url and etag, which follow from the model's name, the settings and the revision. */
  version: Version;
  /** The model's count of stage entries when it entered its stage; absent while it is in none. */
  stageEntry?: number;
  /** Copies of what its model says, by which searches find it. */
  ofModel: OfModel;
  /** Where its metrics come from; absent before its first evaluation. */
  scores?: VersionScores;
  /** The last verdict of each person on its publication, without the version's name; absent before the first one. */
  reviews?: Review[];
}

/** The resource name of a version. */
export function versionResourceName(model: string, number: string): string {
  return `models/${model}/versions/${number}`;
}

/** The client's signature, else the one in the artifact's headers unless it is too large to carry around. */
export function signatureOf({ signature }: CreateVersionRequest, { summary }: Artifact): Signature | undefined {
  if (signature !== undefined) return signature;
  return summary?.signature === undefined || isTooLarge(summary.signature) ? undefined : summary.signature;
}

/** A version that admission has yet to judge, on an artifact as its service described it. */
export function newVersion(
  request: CreateVersionRequest,
  artifact: Artifact,
  given: { uid: string; model: Model; number: string; ordinal: bigint; creator: string; nowMs: number },
): StoredVersion {
  const { description, tags, labels, author } = request;
  const { uid, model, number, ordinal, creator, nowMs } = given;
  const signature = signatureOf(request, artifact);
  const { signature: _, ...summary } = artifact.summary ?? {};
  const now = timestampFromMs(nowMs);
  const fields: MessageInitShape<typeof VersionSchema> = {
    uid,
    number,
    ordinal,
    state: VersionState.VALIDATING,
    artifact: artifact.name,
    sizeBytes: artifact.sizeBytes,
    fileCount: artifact.fileCount,
    description,
    tags,
    labels,
    author,
    creator,
    createTime: now,
    updateTime: now,
    ...(signature && { signature }),
    ...(artifact.summary && { summary }),
  };
  return {
    revision: 0,
    modelUid: model.uid,
    version: create(VersionSchema, fields),
    ofModel: ofModel(model, number),
  };
}

/** Some fields with their new values; undefined unsets one. */
type Changes<T> = { [Name in keyof T]?: T[Name] | undefined };

/** The version with copies of what its model says now. */
export function withModel(stored: StoredVersion, { model }: StoredModel): StoredVersion {
  return { ...stored, ofModel: ofModel(model, stored.version.number) };
}

/** What a model says of its version with a number. */
export function ofModel(model: Model, number: string): OfModel {
  return { name: modelNameOf(model), aliases: aliasesOf(model.aliases, number) };
}

/** The version after a change at a time. */
export function changedVersion(
  stored: StoredVersion,
  nowMs: number,
  changes: Changes<Version>,
  stageEntry = stored.stageEntry,
): StoredVersion {
  const version = Object.assign({ ...stored.version }, changes, { updateTime: timestampFromMs(nowMs) });
  const { stageEntry: _, ...kept } = stored;
  return { ...kept, version, ...(stageEntry === undefined ? {} : { stageEntry }) };
}

/**
 * The version as clients see it at a revision of its document; `publicUrl` without a slash at its end. It shares what is
 * inside of it with the stored one: neither is changed in place.
 */
export function shownVersion({ version }: StoredVersion, revision: number, model: string, publicUrl: string): Version {
  return {
    ...version,
    name: versionResourceName(model, version.number),
    url: `${publicUrl}/models/${encodeURIComponent(model)}/versions/${version.number}`,
    etag: etagOf(revision),
  };
}

/** Whether everybody may use it. */
export function isPublished({ version }: StoredVersion): boolean {
  return version.state === VersionState.PUBLISHED && version.deleteTime === undefined;
}

/** Whether people who only read may see it: it is published, or was and says why no longer. */
function isShownToViewers({ version }: StoredVersion): boolean {
  return version.state === VersionState.PUBLISHED || version.state === VersionState.WITHDRAWN;
}

/** Whether its signature is what the next version is compared with: stable, neither rejected nor deleted. */
export function isComparable({ version }: StoredVersion): boolean {
  return version.state !== VersionState.REJECTED && version.deleteTime === undefined && isStable(version.number);
}

/** Whether the inspection rejected it, as it would again. A failed proof is another matter: other bytes may prove it. */
export function isFoundDangerous({ version }: StoredVersion): boolean {
  return version.state === VersionState.REJECTED && version.verdict === Verdict.DANGEROUS;
}

/** The version, where it can be seen: viewers see published and withdrawn ones. Refuses with VERSION_NOT_FOUND. */
export function visibleVersion(stored: StoredVersion | undefined, viewer: boolean, name: string): StoredVersion {
  if (stored === undefined || stored.version.deleteTime !== undefined || (viewer && !isShownToViewers(stored))) {
    throw fail("VERSION_NOT_FOUND", { name });
  }
  return stored;
}

/** What was found, unless its model is deleted and so hides its versions. */
export function ofLiveModel<Found extends { model: StoredModel }>(found: Found | undefined): Found | undefined {
  return found?.model.model.deleteTime === undefined ? found : undefined;
}

/** Whether a caller may see published versions only. */
export function isViewer({ role }: Caller): boolean {
  return !roleIncludes(role, "contributor");
}

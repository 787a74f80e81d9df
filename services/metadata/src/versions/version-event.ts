import { type JsonObject, toJson } from "@bufbuild/protobuf";
import type { Model } from "@slipway/gen/slipway/metadata/v1/model_pb.js";
import { type Version, VersionSchema } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import { modelNameOf } from "../models/model.ts";
import { type StoredVersion, shownVersion } from "./version.ts";

/** What an event about a version carries: the version as it is once the change is stored. */
export function versionSubject(stored: StoredVersion, model: Model, publicUrl: string) {
  const revision = stored.revision + 1;
  return shownSubject(shownVersion(stored, revision, modelNameOf(model), publicUrl), revision);
}

/** The same of a version as clients see it at that revision. */
export function shownSubject(shown: Version, revision: number) {
  return { name: shown.name, uid: shown.uid, revision, payload: toJson(VersionSchema, shown) as JsonObject };
}

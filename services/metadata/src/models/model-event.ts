import { type JsonObject, toJson } from "@bufbuild/protobuf";
import { ModelSchema } from "@slipway/gen/slipway/metadata/v1/model_pb.js";
import { type StoredModel, shownModel } from "./model.ts";

/** What an event about a model carries: the model as it is once the change is stored. */
export function modelSubject(stored: StoredModel) {
  const revision = stored.revision + 1;
  const { name, uid } = stored.model;
  return { name, uid, revision, payload: toJson(ModelSchema, shownModel(stored, revision)) as JsonObject };
}

import { type JsonObject, toJson } from "@bufbuild/protobuf";
import { RelationSchema } from "@slipway/gen/slipway/metadata/v1/lineage_pb.js";
import { type StoredRelation, shownRelation } from "./relation.ts";

/** What an event about a relation carries: its subject is the source by name, and the relation by uid. */
export function relationSubject(stored: StoredRelation) {
  const payload = toJson(RelationSchema, shownRelation(stored)) as JsonObject;
  return { name: stored.source.name, uid: stored.uid, revision: stored.revision + 1, payload };
}

import { type JsonObject, toJson } from "@bufbuild/protobuf";
import { TransitionSchema } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import { type StoredTransition, shownTransition } from "./transition.ts";

/** What an event about a transition carries: the transition as it is once the change is stored. */
export function transitionSubject(stored: StoredTransition, model: string) {
  const revision = stored.revision + 1;
  const shown = shownTransition(stored, revision, model);
  return { name: shown.name, uid: shown.uid, revision, payload: toJson(TransitionSchema, shown) as JsonObject };
}

import { type JsonObject, toJson } from "@bufbuild/protobuf";
import { type StagePolicy, StagePolicySchema } from "@slipway/gen/slipway/metadata/v1/stage_policy_pb.js";

/** What an event about a policy carries; `ownerUid`: of the model or the tenant that it belongs to. */
export function policySubject(shown: StagePolicy, ownerUid: string) {
  const { name, revision } = shown;
  const payload = toJson(StagePolicySchema, shown) as JsonObject;
  return { name, uid: ownerUid, revision: Number(revision), payload };
}

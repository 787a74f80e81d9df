import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Role } from "@slipway/gen/slipway/access/v1/rule_pb.js";
import {
  RequiredApprovalsSchema,
  type Stage,
  type StageEdge,
  StageEdgeSchema,
  type StagePolicy,
  StagePolicySchema,
} from "@slipway/gen/slipway/metadata/v1/stage_policy_pb.js";
import { etagOf } from "@slipway/resources";
import { RESOURCE_NAMES } from "@slipway/rpc";
import { DEFAULT_EXPIRY_SECONDS } from "./default-policy.ts";

/** A policy as it is stored. */
export interface StoredPolicy {
  /** How often it was set or deleted, so that it only grows; 0 before it ever was. */
  revision: number;
  /** Of its document, which outlives a deletion; 0 before there ever was one. */
  documentRevision: number;
  /** Without name, revision and etag, which follow from where it stands; absent: deleted, or never set. */
  policy?: StagePolicy | undefined;
}

/**
 * The edge from a stage to another; undefined where the policy has none. From a stage that the policy does not have, one
 * leads to the first stage: a version that was undeleted into such a stage must find a way out.
 */
export function findEdge(policy: StagePolicy, from: string, to: string): StageEdge | undefined {
  const edge = policy.edges.find((each) => each.from === from && each.to === to);
  if (edge !== undefined || stageOf(policy, from) !== undefined || to !== firstStage(policy).name) return edge;
  return create(StageEdgeSchema, { from, to });
}

/** The stage of a name; undefined where the policy has none. */
export function stageOf({ stages }: StagePolicy, name: string): Stage | undefined {
  return stages.find((stage) => stage.name === name);
}

/** The stage that a version enters when it is published. A policy has at least one. */
export function firstStage({ stages }: StagePolicy): Stage {
  return stages[0] as Stage;
}

/** Resource name of a policy: of the tenant, or of a model by its name. */
export function policyName(model: string | undefined): string {
  return model === undefined ? RESOURCE_NAMES.stagePolicy.pattern : RESOURCE_NAMES.modelStagePolicy.format({ model });
}

/** What is stored of a policy that was sent: what clients decide, with the defaults written out. */
export function newPolicy(sent: StagePolicy, given: { updater: string; nowMs: number }): StagePolicy {
  return create(StagePolicySchema, {
    stages: sent.stages,
    edges: sent.edges.map((edge) => ({ ...edge, ...(edge.approvals && { approvals: completed(edge.approvals) }) })),
    expiry: sent.expiry ?? { seconds: DEFAULT_EXPIRY_SECONDS },
    updater: given.updater,
    updateTime: timestampFromMs(given.nowMs),
  });
}

/** The policy as clients see it. It shares what is inside of it with the stored one: neither is changed in place. */
export function shownPolicy(policy: StagePolicy, name: string, revision: number): StagePolicy {
  return { ...policy, name, revision: BigInt(revision), etag: etagOf(revision) };
}

function completed(approvals: NonNullable<StageEdge["approvals"]>) {
  const minimumRole = approvals.minimumRole === Role.UNSPECIFIED ? Role.REVIEWER : approvals.minimumRole;
  return create(RequiredApprovalsSchema, { count: approvals.count, minimumRole });
}

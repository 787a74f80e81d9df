import type { MessageInitShape } from "@bufbuild/protobuf";
import type { StageEdgeSchema, StagePolicySchema } from "@slipway/gen/slipway/metadata/v1/stage_policy_pb.js";
import type { Transition } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import type { Clients, MetadataServer } from "./metadata-server.test.ts";

type PolicyInit = Exclude<MessageInitShape<typeof StagePolicySchema>, { $typeName: string }>;
type EdgeInit = MessageInitShape<typeof StageEdgeSchema>;

/** Moves versions and sets policies in few words. */
export class Stages {
  readonly #server: MetadataServer;

  constructor(server: MetadataServer) {
    this.#server = server;
  }

  /** A policy of a model: the stages of the default one, and these edges. */
  async policy(model: string, edges: EdgeInit[], given: Partial<PolicyInit> = {}): Promise<void> {
    const admin = this.#server.as({ principal: "users/admin", role: "admin" });
    const { policy } = await admin.stages.getStagePolicy({ name: `${model}/stagePolicy` });
    const stages = policy?.stages ?? [];
    const name = `${model}/stagePolicy`;
    const etag = policy?.name === name ? policy.etag : "";
    await admin.stages.updateStagePolicy({ policy: { name, stages, edges, etag, ...given } });
  }

  /** Requests a transition; who does is alice unless told otherwise. */
  async request(version: string, toStage: string, expectedIncumbent = "", by = this.#server.as()): Promise<Transition> {
    const { transition } = await by.stages.requestTransition({ version, toStage, expectedIncumbent });
    return transition as Transition;
  }

  /** Promotes a version through the default policy into production. */
  async toProduction(version: string): Promise<Transition> {
    await this.request(version, "testing");
    return this.request(version, "production");
  }

  /** Stage of a version as everybody sees it. */
  async stageOf(name: string, by: Clients = this.#server.as()): Promise<string> {
    return (await by.versions.getVersion({ name })).version?.stage ?? "";
  }
}

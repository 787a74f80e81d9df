import { type Transition, TransitionState } from "@slipway/gen/slipway/metadata/v1/transition_pb.js";
import { until } from "@slipway/runtime/testing";
import { expect } from "chai";
import { DEFAULT_POLICY } from "../policies/default-policy.ts";
import {
  type Clients,
  eventsOf,
  type MetadataServer,
  type OpenDocuments,
  startMetadata,
} from "./metadata-server.test.ts";
import { Stages } from "./stages.test.ts";
import { Versions } from "./versions.test.ts";

const { PENDING_CHECKS, PENDING_APPROVAL, APPLIED, FAILED } = TransitionState;

/** What a way asks for. */
interface Asked {
  checks?: { name: string }[];
  approvals?: { count: number };
}

/** The ways of the default policy, the first of which asks for something. */
const edges = (asked: Asked) => [
  { from: "development", to: "testing", ...asked },
  { from: "testing", to: "production" },
  { from: "production", to: "archived" },
];
const SMOKE = { checks: [{ name: "smoke" }] };

/** What must hold of transitions that wait when policies change, on two servers that share a database. */
export function describeWaitingTransitions(engine: string, open?: OpenDocuments): void {
  describe(`transitions that wait on ${engine} while policies change on another server`, () => {
    let one: MetadataServer;
    let other: MetadataServer;
    let alice: Clients;
    let admin: Clients;
    let versions: Versions;
    let stages: Stages;
    before(async () => {
      one = await startMetadata(undefined, open);
      other = await startMetadata(one, open);
      alice = one.as();
      admin = other.as({ principal: "users/ada", role: "admin" });
      versions = new Versions(one);
      stages = new Stages(other);
    });
    after(async () => {
      await other?.close();
      await one?.close();
    });

    const tenantPolicy = (asked: Asked, given: { expiry?: { seconds: bigint } } = {}) => {
      const policy = { name: "stagePolicy", stages: DEFAULT_POLICY.stages, edges: edges(asked), ...given };
      return admin.stages.updateStagePolicy({ policy });
    };
    const stateOf = async ({ name }: Transition) => (await alice.stages.getTransition({ name })).transition;
    const settled = (transition: Transition, state: TransitionState) =>
      until(`it is ${TransitionState[state]}`, async () => {
        const found = await stateOf(transition);
        return found?.state === state && found;
      });

    it("go on by themselves once the last thing that they wait for is no longer asked for", async () => {
      const parent = await versions.model("dropped");
      await stages.policy(parent, edges(SMOKE));
      const version = await versions.publish(parent);
      const waiting = await stages.request(version.name, "testing");
      expect(waiting.state).to.equal(PENDING_CHECKS);
      await stages.policy(parent, edges({}));
      const applied = await settled(waiting, APPLIED);
      expect(applied).to.deep.include({ endedBy: "users/admin", checks: [], policyRevision: 2n });
      expect(await stages.stageOf(version.name)).to.equal("testing");
      const types = (await eventsOf(alice, waiting.uid, 3)).map(({ type }) => type);
      expect(types).to.deep.equal(["requested", "updated", "applied"].map((verb) => `slipway.transition.${verb}`));
    });

    it("wait for what is asked for now, or fail where there is no way any more", async () => {
      const parent = await versions.model("changed");
      await stages.policy(parent, edges({ ...SMOKE, approvals: { count: 1 } }));
      const waiting = await stages.request((await versions.publish(parent)).name, "testing");
      await stages.policy(parent, edges({ approvals: { count: 1 } }));
      await settled(waiting, PENDING_APPROVAL);
      await stages.policy(parent, edges({ checks: [{ name: "bias" }], approvals: { count: 1 } }));
      const again = await settled(waiting, PENDING_CHECKS);
      expect(again.checks.map(({ check }) => check)).to.deep.equal(["bias"]);
      expect(again.expireTime, "from its request").to.deep.equal(waiting.expireTime);
      const direct = { from: "development", to: "production" };
      await stages.policy(parent, [direct, { from: "production", to: "testing" }, { from: "testing", to: "archived" }]);
      const failed = await settled(waiting, FAILED);
      expect(failed.endReason).to.equal("The policy has no way from development to testing any more.");
    });

    it("are all looked at, of all models that have no policy of their own, and only where something changed", async () => {
      await tenantPolicy(SMOKE);
      const own = await versions.model("own");
      await stages.policy(own, edges(SMOKE));
      const kept = await stages.request((await versions.publish(own)).name, "testing");
      const many = await versions.model("many");
      const single = await versions.model("single");
      const waiting: Transition[] = [];
      for (let count = 0; count < 105; count += 1) {
        const { name } = await versions.publish(count === 0 ? single : many);
        waiting.push(await stages.request(name, "testing"));
      }
      await tenantPolicy(SMOKE, { expiry: { seconds: 3600n } });
      await tenantPolicy({});
      await until("none of them waits", async () => {
        const filter = "state = PENDING_CHECKS";
        const left = (await alice.stages.listTransitions({ parent: "models/-", filter, pageSize: 1000 })).transitions;
        return left.every(({ uid }) => uid === kept.uid);
      });
      for (const transition of waiting) expect((await stateOf(transition))?.state).to.equal(APPLIED);
      expect((await stateOf(kept))?.etag).to.equal(kept.etag);
      // What changed nothing for it was not told of.
      const types = (await eventsOf(alice, waiting[0]?.uid ?? "", 3)).map(({ type }) => type.split(".").at(-1));
      expect(types).to.deep.equal(["requested", "updated", "applied"]);
      await stages.policy(own, edges({}));
      await settled(kept, APPLIED);
    });

    it("go on where the policy is forgotten, and where their model was deleted meanwhile", async () => {
      const parent = await versions.model("forgotten");
      await stages.policy(parent, edges(SMOKE));
      const first = await stages.request((await versions.publish(parent)).name, "testing");
      await admin.stages.deleteStagePolicy({ name: `${parent}/stagePolicy` });
      await settled(first, APPLIED);
      await tenantPolicy(SMOKE);
      const second = await stages.request((await versions.publish(parent)).name, "testing");
      const beside = await stages.request((await versions.publish(await versions.model("beside"))).name, "testing");
      await alice.models.deleteModel({ name: parent });
      await tenantPolicy({});
      await settled(beside, APPLIED);
      await alice.models.undeleteModel({ name: parent });
      await settled(second, APPLIED);
    });

    it("never wait for what the tenant no longer asks for, however close the change came to the request", async () => {
      const parent = await versions.model("race");
      for (let round = 0; round < 10; round += 1) {
        await tenantPolicy(SMOKE);
        const [first, second] = [await versions.publish(parent), await versions.publish(parent)];
        const requests = [first, second].map(({ name }, index) =>
          (index === 0 ? alice : admin).stages.requestTransition({ version: name, toStage: "testing" }),
        );
        const [, ...requested] = await Promise.all([tenantPolicy({}), ...requests]);
        for (const { transition } of requested) await settled(transition as Transition, APPLIED);
      }
    });
  });
}

import type { AcrossTenants, DocumentStore, Write } from "@slipway/documents";
import { type Consumer, type EventBus, EventReader, ownEvents } from "@slipway/events";
import { StageService } from "@slipway/gen/slipway/metadata/v1/stage_service_pb.js";
import { type Binding, bind } from "@slipway/rpc";
import { BackgroundLoop, type Ids, type Logger } from "@slipway/runtime";
import type { PersonOf } from "./access/person.ts";
import { findLapsedTransitions } from "./across-tenants.ts";
import type { ChangeStore } from "./changes/change-store.ts";
import type { EvaluationStore } from "./evaluations/evaluation-store.ts";
import type { ModelStore } from "./models/model-store.ts";
import { gateEvaluation } from "./policies/gate-variables.ts";
import { policyHandlers } from "./policies/policy-service.ts";
import { PolicyStore } from "./policies/policy-store.ts";
import { PolicyUseStore } from "./policies/policy-use-store.ts";
import { testPolicyHandlers } from "./policies/test-policy-service.ts";
import { AutomaticMoveWorker } from "./transitions/automatic-move-worker.ts";
import { createEvaluationConsumer } from "./transitions/evaluation-consumer.ts";
import { createPolicyConsumer } from "./transitions/policy-consumer.ts";
import { reportCheckHandlers } from "./transitions/report-check-service.ts";
import { requestTransitionHandlers } from "./transitions/request-transition-service.ts";
import { rollBackHandlers } from "./transitions/roll-back-service.ts";
import { StageEntryStore } from "./transitions/stage-entry-store.ts";
import { stageHistoryHandlers } from "./transitions/stage-history-service.ts";
import { StageWorker } from "./transitions/stage-worker.ts";
import { TransitionExpiryWorker } from "./transitions/transition-expiry-worker.ts";
import { transitionHandlers } from "./transitions/transition-service.ts";
import { TransitionStore } from "./transitions/transition-store.ts";
import { TransitionWorker } from "./transitions/transition-worker.ts";
import { verdictHandlers } from "./transitions/verdict-service.ts";
import { WaitingTransitionWorker } from "./transitions/waiting-transition-worker.ts";
import type { RetiredNumberStore } from "./versions/retired-number-store.ts";
import type { VersionStore } from "./versions/version-store.ts";

/** How often transitions are looked for that waited for too long: the most by which one ends late. */
const EXPIRE_EVERY_MS = 10 * 1000;

/** How many evaluations of a version gates see, the latest ones. */
const GATE_EVALUATIONS = 100;

export interface StagePartsOptions {
  documents: DocumentStore;
  acrossTenants: AcrossTenants;
  models: ModelStore;
  versions: VersionStore;
  evaluations: EvaluationStore;
  numbers: RetiredNumberStore;
  changes: ChangeStore;
  personOf: PersonOf;
  bus: EventBus;
  ids: Ids;
  log: Logger;
}

/** What others need of stages. */
export interface StageParts {
  policies: PolicyStore;
  stages: StageWorker;
  transitions: TransitionStore;
  binding: Binding;
  /** Writes that remove some of what belongs to a model beside its versions, kind by kind. */
  belongings: ((tenantUid: string, modelUid: string) => Promise<Write[]>)[];
  /** Ends transitions that waited for too long. */
  expiry: BackgroundLoop;
  /** Moves versions along automatic edges. */
  automaticMoves: Consumer;
  /** Judges transitions that wait by another policy. */
  policyChanges: Consumer;
}

/** Puts stages together: policies, transitions and history. */
export function createStageParts(options: StagePartsOptions): StageParts {
  const { documents, acrossTenants, models, versions, evaluations, numbers, changes, personOf, bus, ids, log } =
    options;
  const policies = new PolicyStore(documents, () => changes.nowMs());
  const entries = new StageEntryStore(documents);
  const transitions = new TransitionStore(documents, models);
  const stages = new StageWorker({ policies, versions, entries, transitions, changes });
  const evaluationsOf = async (tenantUid: string, versionUid: string) => {
    const latest = await evaluations.ofVersion(tenantUid, versionUid, GATE_EVALUATIONS);
    return latest.map(({ evaluation }) => gateEvaluation(evaluation));
  };
  const transitionWorker = new TransitionWorker({ models, versions, transitions, stages, changes, evaluationsOf });
  const transitionExpiry = new TransitionExpiryWorker({
    models,
    changes,
    transitionWorker,
    findLapsed: (nowMs) => findLapsedTransitions(acrossTenants, nowMs),
    log,
  });
  const moving = { models, versions, policies, transitions, transitionWorker, changes };
  const moves = new AutomaticMoveWorker({ ...moving, evaluations });
  const waiting = new WaitingTransitionWorker(moving);
  const source = ownEvents("metadata", new EventReader(documents, acrossTenants));
  const consuming = { source, documents, bus, ids, log };
  const policyUse = new PolicyUseStore({ versions, models, policies });
  const judging = { policies, policyUse, evaluationsOf, transitionWorker, transitionExpiry };
  const parts = { models, versions, numbers, changes, personOf, ...judging, entries, stages, transitions };
  return {
    policies,
    stages,
    transitions,
    binding: bind(StageService, {
      ...policyHandlers(parts),
      ...testPolicyHandlers(parts),
      ...requestTransitionHandlers(parts),
      ...transitionHandlers(parts),
      ...verdictHandlers(parts),
      ...reportCheckHandlers(parts),
      ...rollBackHandlers(parts),
      ...stageHistoryHandlers(parts),
    }),
    belongings: [
      (tenantUid, modelUid) => transitions.removals(tenantUid, modelUid),
      (tenantUid, modelUid) => entries.removals(tenantUid, modelUid),
      (tenantUid, modelUid) => policies.removal(tenantUid, modelUid),
    ],
    automaticMoves: createEvaluationConsumer({ moves, ...consuming }),
    policyChanges: createPolicyConsumer({ waiting, ...consuming }),
    expiry: new BackgroundLoop({
      name: "transitions that waited for too long",
      step: async (stopping) => ((await transitionExpiry.expireSome(stopping)) > 0 ? "MORE" : "IDLE"),
      pollMs: EXPIRE_EVERY_MS,
      retry: { firstMs: 1_000, longestMs: EXPIRE_EVERY_MS },
      log,
    }),
  };
}

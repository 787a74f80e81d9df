import type { AcrossTenants, DocumentStore } from "@slipway/documents";
import { createEventService, createSequencer, type EventBus, notifyingDocuments } from "@slipway/events";
import { AccessService } from "@slipway/gen/slipway/access/v1/access_service_pb.js";
import { EvaluationService } from "@slipway/gen/slipway/metadata/v1/evaluation_service_pb.js";
import { EventService } from "@slipway/gen/slipway/metadata/v1/event_service_pb.js";
import { LineageService } from "@slipway/gen/slipway/metadata/v1/lineage_service_pb.js";
import { ModelService } from "@slipway/gen/slipway/metadata/v1/model_service_pb.js";
import { ReviewService } from "@slipway/gen/slipway/metadata/v1/review_service_pb.js";
import { VersionService } from "@slipway/gen/slipway/metadata/v1/version_service_pb.js";
import { type Authenticate, type Binding, bind, createAuthenticator, type Transport } from "@slipway/rpc";
import { BackgroundLoop, type Clock, type Ids, type Logger } from "@slipway/runtime";
import { AccessStore } from "./access/access-store.ts";
import { bootstrap } from "./access/bootstrap-service.ts";
import { downloadHandlers } from "./access/download-service.ts";
import { authenticateKey, type IdentityServiceOptions, identityHandlers } from "./access/identity-service.ts";
import { systemRandomBytes } from "./access/key.ts";
import { keyHandlers } from "./access/key-service.ts";
import type { PersonOf } from "./access/person.ts";
import { principalHandlers } from "./access/principal-service.ts";
import { tenantHandlers } from "./access/tenant-service.ts";
import {
  findKeyById,
  findPurgeRemainders,
  findPurges,
  findRenames,
  findRetained,
  findSharedArtifact,
  findSharedModel,
  removeLapsedRequests,
  sharedModelsOf,
} from "./across-tenants.ts";
import { ChangeStore } from "./changes/change-store.ts";
import { KeyedQueue } from "./changes/keyed-queue.ts";
import { compareEvaluationsHandlers } from "./evaluations/compare-evaluations-service.ts";
import { evaluationHandlers } from "./evaluations/evaluation-service.ts";
import { EvaluationStore } from "./evaluations/evaluation-store.ts";
import { PredictionMemory } from "./evaluations/prediction-memory.ts";
import { predictionsHandlers } from "./evaluations/predictions-service.ts";
import { lineageHandlers } from "./lineage/lineage-service.ts";
import { RelationEndsWorker } from "./lineage/relation-ends-worker.ts";
import { RelationReleaseWorker } from "./lineage/relation-release-worker.ts";
import { relationHandlers } from "./lineage/relation-service.ts";
import { RelationStore } from "./lineage/relation-store.ts";
import { aliasHandlers } from "./models/alias-service.ts";
import { modelLifecycleHandlers } from "./models/model-lifecycle-service.ts";
import { modelHandlers } from "./models/model-service.ts";
import { ModelStore } from "./models/model-store.ts";
import { createPlaceOf } from "./models/place-of.ts";
import { PurgeWorker } from "./models/purge-worker.ts";
import { RenameStore } from "./models/rename-store.ts";
import { RenameWorker } from "./models/rename-worker.ts";
import { shareHandlers } from "./models/share-service.ts";
import { previewRetentionHandlers } from "./retention/preview-retention-service.ts";
import { RetentionSweeper } from "./retention/retention-sweeper.ts";
import { pendingReviewHandlers } from "./reviews/pending-review-service.ts";
import { reviewPolicyHandlers } from "./reviews/review-policy-service.ts";
import { ReviewPolicyStore } from "./reviews/review-policy-store.ts";
import { reviewHandlers } from "./reviews/review-service.ts";
import { createStageParts } from "./stage-parts.ts";
import { ArtifactClient } from "./versions/artifact-client.ts";
import { compareVersionsHandlers } from "./versions/compare-versions-service.ts";
import { createVersionHandlers } from "./versions/create-version-service.ts";
import { finishValidationHandlers } from "./versions/finish-validation-service.ts";
import { PublicationWorker } from "./versions/publication-worker.ts";
import { PurgeRemainderStore } from "./versions/purge-remainder-store.ts";
import { PurgeRemainderWorker } from "./versions/purge-remainder-worker.ts";
import { resolveVersionHandlers } from "./versions/resolve-version-service.ts";
import { RetiredNumberStore } from "./versions/retired-number-store.ts";
import { versionLifecycleHandlers } from "./versions/version-lifecycle-service.ts";
import { VersionRemovalWorker } from "./versions/version-removal-worker.ts";
import { versionHandlers } from "./versions/version-service.ts";
import { VersionStore } from "./versions/version-store.ts";
import { withdrawVersionHandlers } from "./versions/withdraw-version-service.ts";

/** How often what was left of renames, purges and retention, and lapsed request ids, is looked for. */
const SWEEP_EVERY_MS = 10 * 60 * 1000;

export interface MetadataAppOptions {
  documents: DocumentStore;
  acrossTenants: AcrossTenants;
  bus: EventBus;
  clock: Clock;
  ids: Ids;
  log: Logger;
  /** With the service's credential in the headers. */
  transports: { artifact: Transport };
  settings: IdentityServiceOptions["settings"] & {
    /** Prefix of the URLs under which people find versions. */
    publicUrl: string;
    /** The credential that the services show each other. */
    serviceKey: string;
    /** In keys mode, the key that the server begins with. */
    bootstrapKey: string | undefined;
  };
}

export interface MetadataApp {
  bindings: Binding[];
  /** Finds out who calls; the services of the same process share it. */
  authenticate: Authenticate;
  start(): Promise<void>;
  /** Ends the background work; the ports are closed by whoever opened them. */
  stop(): Promise<void>;
  /** What the service waits for, in words. */
  notReady(): string[];
}

/** Puts the service together. */
export function createMetadataApp(options: MetadataAppOptions): MetadataApp {
  const { acrossTenants, bus, clock, ids, log, transports, settings } = options;
  const sequencer = createSequencer({ documents: options.documents, acrossTenants, bus, clock, ids, log });
  const documents = notifyingDocuments(options.documents, () => sequencer.notify());

  const models = new ModelStore(documents);
  const versions = new VersionStore(documents, models);
  const relations = new RelationStore(documents);
  const evaluations = new EvaluationStore(documents);
  const reviewPolicies = new ReviewPolicyStore(documents);
  const changes = new ChangeStore({ documents, clock, ids, queue: new KeyedQueue() });
  const access = { store: new AccessStore(documents, ids), clock, ids, random: systemRandomBytes };
  const personOf: PersonOf = (tenantUid, principal) => access.store.personOf(tenantUid, principal);
  const numbers = new RetiredNumberStore(documents);
  const stored = { models, versions, evaluations, numbers };
  const staging = { documents, acrossTenants, ...stored, changes, personOf, bus, ids, log };
  const stageParts = createStageParts(staging);
  const { policies, stages, transitions, belongings, expiry, automaticMoves, policyChanges } = stageParts;
  const artifacts = new ArtifactClient(transports.artifact);
  const publicUrl = settings.publicUrl.replace(/\/+$/, "");
  const sweepSoon = () => sweeper.wake();
  const remainders = new PurgeRemainderWorker({
    remainders: new PurgeRemainderStore(documents),
    relations: new RelationReleaseWorker({ versions, relations, changes }),
    evaluations,
    changes,
    findRemainders: () => findPurgeRemainders(acrossTenants),
    wake: sweepSoon,
  });
  const removals = new VersionRemovalWorker({
    models,
    versions,
    stages,
    numbers,
    remainders,
    changes,
    publicUrl,
  });
  const retention = new RetentionSweeper({
    versions,
    transitions,
    removals,
    changes,
    findRetained: (after) => findRetained(acrossTenants, after),
    log,
  });
  const purges = new PurgeWorker({
    models,
    versions,
    numbers,
    remainders,
    reviewPolicies,
    changes,
    publicUrl,
    findPurges: () => findPurges(acrossTenants),
    belongings,
    log,
  });
  const renames = new RenameWorker({
    models,
    versions,
    renames: new RenameStore(documents),
    changes,
    findRenames: () => findRenames(acrossTenants),
    wake: sweepSoon,
  });
  const reviewing = { reviewPolicies, publications: new PublicationWorker(stages, changes) };
  const sharing = { access: access.store, models, versions };
  const placeOf = createPlaceOf((tenant, model) => findSharedModel(sharing, tenant, model));
  const lineage = { versions, relations, ends: new RelationEndsWorker(versions), changes };
  const parts = {
    models,
    versions,
    evaluations,
    numbers,
    policies,
    stages,
    changes,
    artifacts,
    purges,
    renames,
    removals,
    sweepSoon,
    bus,
    publicUrl,
    personOf,
  };
  const sweeper = new BackgroundLoop({
    name: "renames, purges, retention and lapsed request ids",
    step: async (stopping) => {
      const finished = (await renames.finishAll(stopping)) + (await purges.finishAll(stopping));
      const rest = await remainders.finishAll(stopping);
      const removed = await removeLapsedRequests(documents, acrossTenants, clock, ids);
      const retired = await retention.sweep(stopping);
      return finished + rest + removed + retired > 0 ? "MORE" : "IDLE";
    },
    pollMs: SWEEP_EVERY_MS,
    retry: { firstMs: 1_000, longestMs: SWEEP_EVERY_MS },
    log,
  });

  const findKey = (id: string) => findKeyById(acrossTenants, id);
  const authenticate = (secret: string) => authenticateKey({ ...access, findKey }, secret);

  return {
    authenticate: createAuthenticator({
      open: settings.open,
      serviceKey: settings.serviceKey,
      lookUp: authenticate,
      clock,
    }),
    bindings: [
      bind(AccessService, {
        ...identityHandlers({ authenticate, settings }),
        ...downloadHandlers({
          versionsOfArtifact: (tenant, digest) => versions.ofArtifact(tenant, digest),
          findSharedArtifact: (tenant, digest) => findSharedArtifact(sharing, tenant, digest),
        }),
        ...tenantHandlers(access),
        ...principalHandlers(access),
        ...keyHandlers(access),
      }),
      bind(ModelService, {
        ...modelHandlers({ ...parts, placeOf, sharedModels: sharedModelsOf(acrossTenants) }),
        ...modelLifecycleHandlers(parts),
        ...aliasHandlers(parts),
        ...shareHandlers(parts),
        ...previewRetentionHandlers({ ...parts, transitions }),
      }),
      bind(VersionService, {
        ...createVersionHandlers(parts),
        ...versionHandlers({ ...parts, placeOf }),
        ...versionLifecycleHandlers(parts),
        ...resolveVersionHandlers({ ...parts, placeOf }),
        ...compareVersionsHandlers(parts),
        ...finishValidationHandlers({ ...parts, ...reviewing }),
        ...withdrawVersionHandlers(parts),
      }),
      bind(ReviewService, {
        ...reviewHandlers({ ...parts, ...reviewing }),
        ...pendingReviewHandlers({ ...parts, ...reviewing }),
        ...reviewPolicyHandlers({ ...parts, ...reviewing }),
      }),
      bind(LineageService, { ...relationHandlers(lineage), ...lineageHandlers(lineage) }),
      bind(EvaluationService, {
        ...evaluationHandlers(parts),
        ...predictionsHandlers({ ...parts, memory: new PredictionMemory() }),
        ...compareEvaluationsHandlers(parts),
      }),
      stageParts.binding,
      bind(EventService, createEventService({ documents, acrossTenants, bus })),
    ],
    start: async () => {
      await bootstrap(access, settings.open ? undefined : settings.bootstrapKey);
      sequencer.start();
      sweeper.start();
      expiry.start();
      automaticMoves.start();
      policyChanges.start();
    },
    stop: async () => {
      await policyChanges.stop();
      await automaticMoves.stop();
      await expiry.stop();
      await sweeper.stop();
      await sequencer.stop();
    },
    notReady: () => [],
  };
}

import type { CollectionDefinition } from "@slipway/documents";
import { consumersCollection, eventsCollection, sequencerCollection } from "@slipway/events";
import { requestsCollection } from "@slipway/resources";
import { keysCollection, principalsCollection, tenantsCollection } from "./access/access-store.ts";
import { evaluationsCollection } from "./evaluations/evaluation-store.ts";
import { lineageCollection, relationsCollection } from "./lineage/relation-store.ts";
import { modelNamesCollection, modelsCollection } from "./models/model-store.ts";
import { renamesCollection } from "./models/rename-store.ts";
import { stagePoliciesCollection } from "./policies/policy-store.ts";
import { reviewPoliciesCollection } from "./reviews/review-policy-store.ts";
import { stageEntriesCollection } from "./transitions/stage-entry-store.ts";
import { pendingTransitionsCollection, transitionsCollection } from "./transitions/transition-store.ts";
import { purgeRemaindersCollection } from "./versions/purge-remainder-store.ts";
import { retiredNumbersCollection } from "./versions/retired-number-store.ts";
import { versionsCollection } from "./versions/version-store.ts";

/** Everything that the service's database holds. */
export const metadataCollections: CollectionDefinition[] = [
  consumersCollection,
  evaluationsCollection,
  eventsCollection,
  keysCollection,
  lineageCollection,
  modelNamesCollection,
  modelsCollection,
  pendingTransitionsCollection,
  principalsCollection,
  purgeRemaindersCollection,
  relationsCollection,
  renamesCollection,
  requestsCollection,
  retiredNumbersCollection,
  reviewPoliciesCollection,
  sequencerCollection,
  stageEntriesCollection,
  stagePoliciesCollection,
  tenantsCollection,
  transitionsCollection,
  versionsCollection,
];

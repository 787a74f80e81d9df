import { artifactCollections } from "@slipway/artifact";
import type { EventBus } from "@slipway/events";
import { type Database, type EngineLocations, Engines as OpenEngines } from "@slipway/hosting";
import { metadataCollections } from "@slipway/metadata";
import type { ObjectStore } from "@slipway/objects";
import type { Logger } from "@slipway/runtime";
import { workflowCollections } from "@slipway/workflow";

/** What the services stand on: a database each, objects, and the bus. */
export interface Engines {
  metadata: Database;
  artifact: Database;
  workflow: Database;
  objects: ObjectStore;
  bus: EventBus;
  /** Which of them are away and why. */
  find: OpenEngines["find"];
  close(): Promise<void>;
}

/** Opens the engines of all services; what opened is closed again when another one fails. */
export async function openEngines(locations: EngineLocations, log: Logger): Promise<Engines> {
  const engines = new OpenEngines(locations, log);
  try {
    return {
      metadata: await engines.openDocuments("metadata", metadataCollections),
      artifact: await engines.openDocuments("artifact", artifactCollections),
      workflow: await engines.openDocuments("workflow", workflowCollections),
      objects: await engines.openObjects(),
      bus: await engines.openEventBus(),
      find: () => engines.find(),
      close: () => engines.close(),
    };
  } catch (error) {
    await engines.close();
    throw error;
  }
}

import { join } from "node:path";
import { artifactCollections } from "@slipway/artifact";
import type { AcrossTenants, CollectionDefinition, DocumentStore } from "@slipway/documents";
import { openSqliteDocuments } from "@slipway/documents/sqlite";
import type { EventBus } from "@slipway/events";
import { createEmbeddedEventBus } from "@slipway/events/embedded";
import { metadataCollections } from "@slipway/metadata";
import type { ObjectStore } from "@slipway/objects";
import { openFileObjects } from "@slipway/objects/filesystem";
import { type Logger, systemClock, systemIds } from "@slipway/runtime";
import { workflowCollections } from "@slipway/workflow";

export interface Database {
  documents: DocumentStore;
  acrossTenants: AcrossTenants;
}

/** What the services stand on: a database each, objects, and the bus. */
export interface Engines {
  metadata: Database;
  artifact: Database;
  workflow: Database;
  objects: ObjectStore;
  bus: EventBus;
  close(): Promise<void>;
}

export interface EngineFolders {
  /** Folder of the three databases. */
  documentsFolder: string;
  /** Folder of the objects. */
  objectsFolder: string;
}

/** Opens the embedded engines; what opened is closed again when another one fails. */
export async function openEngines({ documentsFolder, objectsFolder }: EngineFolders, log: Logger): Promise<Engines> {
  const opened: { close(): Promise<void> }[] = [];
  const close = async () => {
    for (const engine of opened.splice(0).reverse()) await engine.close();
  };
  const database = async (name: string, collections: CollectionDefinition[]): Promise<Database> => {
    const path = join(documentsFolder, `${name}.sqlite`);
    const store = await openSqliteDocuments({ path, collections, clock: systemClock });
    opened.push(store.documents);
    return store;
  };
  try {
    const metadata = await database("metadata", metadataCollections);
    const artifact = await database("artifact", artifactCollections);
    const workflow = await database("workflow", workflowCollections);
    const objects = await openFileObjects({ folder: objectsFolder, clock: systemClock, ids: systemIds });
    opened.push(objects);
    const bus = createEmbeddedEventBus({ log });
    opened.push(bus);
    return { metadata, artifact, workflow, objects, bus, close };
  } catch (error) {
    await close();
    throw error;
  }
}

import type { Clock } from "@slipway/runtime";
import type { AcrossTenants, CollectionDefinition, DocumentStore } from "../document-store.ts";

export interface OpenedDocuments {
  documents: DocumentStore;
  acrossTenants: AcrossTenants;
}

/** What the module of an engine exports; another process imports the same module. */
export interface EngineModule {
  openEngine(location: string, collections: CollectionDefinition[], clock: Clock): Promise<OpenedDocuments>;
}

/** An engine under test. */
export interface DocumentEngine {
  /** URL of an EngineModule. */
  moduleUrl: string;
  /** Where a new, empty database is: a path, a URL. */
  createLocation(): Promise<string>;
  removeLocation(location: string): Promise<void>;
}

export async function openAt(
  engine: DocumentEngine,
  location: string,
  collections: CollectionDefinition[],
  clock: Clock,
): Promise<OpenedDocuments> {
  const module = (await import(engine.moduleUrl)) as EngineModule;
  return module.openEngine(location, collections, clock);
}

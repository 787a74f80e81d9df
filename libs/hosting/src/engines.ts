import { join } from "node:path";
import type { AcrossTenants, CollectionDefinition, DocumentStore } from "@slipway/documents";
import type { EventBus } from "@slipway/events";
import type { ObjectStore } from "@slipway/objects";
import {
  type Logger,
  type S3Credentials,
  type ServerConfiguration,
  type ServiceName,
  systemClock,
  systemIds,
} from "@slipway/runtime";

export interface Database {
  documents: DocumentStore;
  acrossTenants: AcrossTenants;
}

/** Which engines a process stands on: the part of its configuration that says so. */
export type EngineLocations = Pick<ServerConfiguration, "documents" | "objects" | "events"> & {
  /** Needed to open objects on S3. */
  s3Credentials?: S3Credentials;
};

/**
 * Opens engines by configuration and closes them again, the last first. Their code is loaded when it is needed: who runs
 * on SQLite and files pays nothing for MongoDB, S3 and NATS.
 */
export class Engines {
  readonly #locations: EngineLocations;
  readonly #log: Logger;
  readonly #opened: { close(): Promise<void> }[] = [];
  readonly #missing: (() => string[])[] = [];
  #busMissing = (): string[] => [];

  constructor(locations: EngineLocations, log: Logger) {
    this.#locations = locations;
    this.#log = log;
  }

  /** The database of one service. */
  async openDocuments(service: ServiceName, collections: CollectionDefinition[]): Promise<Database> {
    const { documents: location } = this.#locations;
    const shared = { collections, clock: systemClock };
    if (location.engine === "sqlite") {
      const { openSqliteDocuments } = await import("@slipway/documents/sqlite");
      const database = await openSqliteDocuments({ ...shared, path: join(location.folder, `${service}.sqlite`) });
      this.#opened.push(database.documents);
      return database;
    }
    const { openMongoDocuments } = await import("@slipway/documents/mongodb");
    const { url, prefix } = location;
    const database = await openMongoDocuments({ ...shared, url, database: `${prefix}-${service}`, log: this.#log });
    this.#opened.push(database.documents);
    this.#missing.push(() => database.missing());
    return database;
  }

  /** The objects of all tenants. */
  async openObjects(): Promise<ObjectStore> {
    const { objects: location, s3Credentials } = this.#locations;
    if (location.engine === "file") {
      const { openFileObjects } = await import("@slipway/objects/filesystem");
      const objects = await openFileObjects({ folder: location.folder, clock: systemClock, ids: systemIds });
      this.#opened.push(objects);
      return objects;
    }
    if (s3Credentials === undefined) throw new TypeError("objects on S3 need credentials");
    const { openS3Objects } = await import("@slipway/objects/s3");
    const { endpoint, region, bucketPrefix } = location;
    const opened = await openS3Objects({ endpoint, region, bucketPrefix, ...s3Credentials, log: this.#log });
    this.#opened.push(opened);
    this.#missing.push(() => opened.missing());
    return opened;
  }

  /** What wakes the consumers of events. */
  async openEventBus(): Promise<EventBus> {
    const { events: location } = this.#locations;
    if (location.engine === "embedded") {
      const { createEmbeddedEventBus } = await import("@slipway/events/embedded");
      const bus = createEmbeddedEventBus({ log: this.#log });
      this.#opened.push(bus);
      return bus;
    }
    const { openNatsEventBus } = await import("@slipway/events/nats");
    const bus = await openNatsEventBus({ url: location.url, log: this.#log });
    this.#opened.push(bus);
    this.#busMissing = () => bus.missing();
    return bus;
  }

  /** Which engines are away and why. Without the bus everything works, only later: consumers look for themselves. */
  find(): { missing: string[]; degraded: string[] } {
    return { missing: this.#missing.flatMap((missing) => missing()), degraded: this.#busMissing() };
  }

  /** Closes all that is open, the last first, also where one fails. */
  async close(): Promise<void> {
    const errors: unknown[] = [];
    for (const engine of this.#opened.splice(0).reverse()) {
      await engine.close().catch((error: unknown) => errors.push(error));
    }
    if (errors.length > 0) throw new AggregateError(errors, "not every engine could be closed");
  }
}

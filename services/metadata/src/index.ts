export { createMetadataApp, type MetadataApp, type MetadataAppOptions } from "./app.ts";
export { metadataCollections } from "./collections.ts";
export { type MetadataFaultPoint, metadataFaultPoints } from "./fault-points.ts";
export { newModel } from "./models/model.ts";
export { ModelStore } from "./models/model-store.ts";
export { ofModel, type StoredVersion } from "./versions/version.ts";
export { VersionStore } from "./versions/version-store.ts";

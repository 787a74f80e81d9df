export { createMetadataApp, type MetadataApp, type MetadataAppOptions, metadataCollections } from "./app.ts";
export { type MetadataFaultPoint, metadataFaultPoints } from "./fault-points.ts";

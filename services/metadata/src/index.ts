export { createMetadataApp, type MetadataApp, type MetadataAppOptions, metadataCollections } from "./app.ts";

export { type ArtifactApp, type ArtifactAppOptions, artifactCollections, createArtifactApp } from "./app.ts";
export { type ArtifactFaultPoint, artifactFaultPoints, collectionFaultPoints } from "./fault-points.ts";

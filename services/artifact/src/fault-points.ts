/** Every place of this service where a fault test may kill the process; `npm test` hits each of them. */
export const artifactFaultPoints = [
  /** The bytes of a chunk are durable, its document is not. */
  "artifact.chunk.stored",
  /** The documents of chunks are durable, no recipe names them yet. */
  "artifact.chunk.recorded",
  /** Part of a file is durable and can be resumed. */
  "artifact.file.progressed",
  /** A whole file is durable, the client does not know it yet. */
  "artifact.file.completed",
  /** The upload takes no more files, nothing of the artifact is written. */
  "artifact.upload.sealed",
  /** The pages of the artifact's files are durable, the artifact is not. */
  "artifact.pages.written",
  /** The artifact, its event and the end of the upload are durable, the client does not know it yet. */
  "artifact.completed",
  /** The artifact stays for a holder, which does not know it yet. */
  "artifact.reference.acquired",
  /** What consumed events change is known; neither that nor the consumer's place is written. */
  "artifact.reference.settling",
] as const;

export type ArtifactFaultPoint = (typeof artifactFaultPoints)[number];

/** The same of the collector, which works when a day has passed: a test of its own lets it. */
export const collectionFaultPoints = [
  /** An artifact is marked, it may still be claimed. */
  "artifact.collection.artifact-condemned",
  /** An artifact is gone, its pages are not. */
  "artifact.collection.artifact-removed",
  /** A page of an artifact is gone; its files are to be looked at. */
  "artifact.collection.artifact-page-removed",
  /** Recipes are missing for look-ups. */
  "artifact.collection.recipes-condemned",
  /** Recipes are gone, their pages are not. */
  "artifact.collection.recipes-removed",
  /** A page of a recipe is gone; its chunks are to be looked at. */
  "artifact.collection.recipe-page-removed",
  /** Chunks are missing for look-ups. */
  "artifact.collection.chunks-condemned",
  /** The documents of chunks are gone, their objects are not. */
  "artifact.collection.chunks-removed",
  /** Objects are gone, the task that names them is not. */
  "artifact.collection.objects-deleted",
] as const;

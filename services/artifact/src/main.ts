import { runService } from "@slipway/hosting";
import { artifactCollections, createArtifactApp } from "./app.ts";

await runService({
  service: "artifact",
  collections: artifactCollections,
  create: async (ports, { collectMinutes }, openObjects) =>
    createArtifactApp({
      ...ports,
      objects: await openObjects(),
      settings: { collectEveryMs: collectMinutes * 60_000 },
    }),
});

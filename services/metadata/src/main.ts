import { runService, SERVER_VERSION } from "@slipway/hosting";
import { createMetadataApp } from "./app.ts";
import { metadataCollections } from "./collections.ts";

await runService({
  service: "metadata",
  collections: metadataCollections,
  create: async (ports, { auth, serviceKey, bootstrapKey, publicUrl, urls, endpoints }) =>
    createMetadataApp({
      ...ports,
      settings: {
        open: auth === "open",
        serviceKey,
        bootstrapKey,
        publicUrl,
        serverVersion: SERVER_VERSION,
        endpoints: () => ({ ...urls, ...endpoints }),
      },
    }),
});

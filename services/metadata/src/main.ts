import { runService, SERVER_VERSION } from "@slipway/hosting";
import { createMetadataApp, metadataCollections } from "./app.ts";

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

export type { ByteRange, ObjectEntry, ObjectStore } from "./object-store.ts";
export { MAX_OBJECT_BYTES, MAX_PIECE_BYTES } from "./object-store.ts";
export { ObjectStoreError } from "./object-store-error.ts";
export type { PresignedObjects, PresignedRequest } from "./presigned-objects.ts";

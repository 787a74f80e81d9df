/** Where the bytes of a chunk are: a range of an object, so that chunks can be packed later. */
export interface ChunkPlace {
  /** Key in the object store. */
  object: string;
  offsetBytes: number;
  lengthBytes: number;
}

/**
 * The object that a chunk's bytes are put into: `<tenant uid>/chunks/<aa>/<sha256>-<uid of this put>`. No key is ever used
 * again, so a late deletion of one object never takes another one's bytes.
 */
export function chunkObjectKey(tenantUid: string, sha256: string, putUid: string): string {
  return `${tenantUid}/chunks/${sha256.slice(0, 2)}/${sha256}-${putUid}`;
}

/** Whether the object holds this chunk and nothing else, so that it goes with it. */
export function isOwnObject(tenantUid: string, sha256: string, object: string): boolean {
  return object.startsWith(`${tenantUid}/chunks/${sha256.slice(0, 2)}/${sha256}`);
}

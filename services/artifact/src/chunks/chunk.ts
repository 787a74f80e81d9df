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

/** What the key of a chunk's object tells; undefined for others, and for those from before puts had uids. */
export function chunkOfObject(key: string): { sha256: string; putMs: number } | undefined {
  const uuidV7 = /\/([0-9a-f]{64})-([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;
  const [, sha256, high, low] = uuidV7.exec(key) ?? [];
  if (sha256 === undefined) return undefined;
  // A UUID of version 7 begins with 48 bits of milliseconds (RFC 9562, 5.7).
  return { sha256, putMs: Number.parseInt(`${high}${low}`, 16) };
}

/** Whether the object holds this chunk and nothing else, so that it goes with it. */
export function isOwnObject(tenantUid: string, sha256: string, object: string): boolean {
  return object.startsWith(`${tenantUid}/chunks/${sha256.slice(0, 2)}/${sha256}`);
}

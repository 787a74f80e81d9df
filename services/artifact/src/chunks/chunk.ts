/** Where the bytes of a chunk are: a range of an object, so that chunks can be packed later. */
export interface ChunkPlace {
  /** Key in the object store. */
  object: string;
  offsetBytes: number;
  lengthBytes: number;
  /** 0 for the first object of this chunk; a chunk that comes back after its collection gets the next one. */
  generation: number;
}

/** The object that a chunk's bytes are put into: `<tenant uid>/chunks/<aa>/<sha256>[-generation]`. */
export function chunkObjectKey(tenantUid: string, sha256: string, generation: number): string {
  const suffix = generation === 0 ? "" : `-${generation}`;
  return `${tenantUid}/chunks/${sha256.slice(0, 2)}/${sha256}${suffix}`;
}

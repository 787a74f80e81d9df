import type { ByteRange } from "./object-store.ts";

/** A request that anybody may send once or more, without credentials, until it expires. */
export interface PresignedRequest {
  method: "PUT" | "GET";
  url: string;
  /** To be sent as they are; they are part of the signature. */
  headers: Record<string, string>;
}

/**
 * What a real object store offers besides ObjectStore: bytes travel between it and a client directly. Keys and errors
 * are those of ObjectStore. `expiresSeconds` is a whole number from 1 to 604,800 (seven days).
 */
export interface PresignedObjects {
  /**
   * A request that stores the bytes with this SHA-256 (64 hexadecimal digits) unless the key is there. The store refuses
   * other bytes (400) and a key that is there (412); when it answers 200, the object is durable.
   */
  presignPut(key: string, sha256: string, expiresSeconds: number): Promise<PresignedRequest>;

  /**
   * A request for the object or for a range of at least one byte, of which the store gives what there is: it shortens a
   * range that reaches beyond the end.
   */
  presignGet(key: string, expiresSeconds: number, range?: ByteRange): Promise<PresignedRequest>;
}

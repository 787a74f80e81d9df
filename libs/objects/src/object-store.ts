/** Part of an object: `length` bytes from `offset`, both whole numbers of bytes ≥ 0. */
export interface ByteRange {
  offset: number;
  length: number;
}

export interface ObjectEntry {
  key: string;
  sizeBytes: number;
}

/**
 * Immutable byte strings under keys, durable and shared by all instances that are opened on one place.
 *
 * **Keys** are two or more parts joined by `/`, each of `[a-z0-9._-]`, at most 200 characters a part and 900 in
 * all (S3 allows 1,024 bytes, the rest is for a prefix); the parts `.` and `..` are refused. The first part is the
 * tenant's uid. `a/b` and `a/b/c` may both be objects.
 *
 * **Objects** never change: a key that is there keeps its bytes until it is deleted. An object is at most
 * {@link MAX_OBJECT_BYTES} long; an empty one is allowed.
 *
 * Every method rejects with ObjectStoreError (object-store-error.ts) and nothing else:
 * - `INVALID`: a malformed key or prefix, bytes over the bound, or a range that reaches beyond the object's end;
 * - `NOT_FOUND`: no object has this key (`get`, `read`);
 * - `FULL`: no room; nothing is left behind, and the store works again as soon as there is room;
 * - `UNAVAILABLE`: the store, or the bytes of an object that was there a moment ago, cannot be reached, or the
 *   store is closed. Trying again later is right; every call may be repeated.
 */
export interface ObjectStore {
  /**
   * Stores the bytes under the key if there is none; resolves when the object is durable: it survives the loss of
   * power right after. `"EXISTS"` means that an object was there already (its bytes are not compared) and that this
   * one is durable too, whichever instance is writing it. Of several puts of one key, one is `"STORED"`. The
   * caller leaves `bytes` untouched until then. Puts that run at the same time share their syncs: for throughput,
   * keep 16 to 32 in flight.
   */
  put(key: string, bytes: Uint8Array): Promise<"STORED" | "EXISTS">;

  /**
   * The bytes of the object, or of the range, in order and in pieces of at most {@link MAX_PIECE_BYTES}. Never
   * ends early: when not all of the bytes can be delivered, the iteration throws. Each piece belongs to the caller.
   */
  get(key: string, range?: ByteRange): AsyncIterable<Uint8Array>;

  /** As `get`, in one piece. */
  read(key: string, range?: ByteRange): Promise<Uint8Array>;

  /** The size of the object, or undefined when no object has this key. */
  stat(key: string): Promise<{ sizeBytes: number } | undefined>;

  /** Removes the object; nothing happens when there is none. Durable when it resolves. */
  delete(key: string): Promise<void>;

  /**
   * The objects whose keys start with the prefix, in no particular order. The prefix is the beginning of a key that
   * has at least the tenant and its `/`. Objects put or deleted while the list is read may or may not appear; all
   * others appear once.
   */
  list(prefix: string): AsyncIterable<ObjectEntry>;

  /** Waits for the puts under way, then lets go of everything it holds. Calls after it are `UNAVAILABLE`. */
  close(): Promise<void>;
}

/** 128 MiB: the manifest of 100,000 files with the longest paths (111 MB) fits. */
export const MAX_OBJECT_BYTES = 128 * 1024 * 1024;

/** 1 MiB: what the artifact service sends in one message (docs: bounds of the artifact service). */
export const MAX_PIECE_BYTES = 1024 * 1024;

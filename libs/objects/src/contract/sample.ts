import { createHash } from "node:crypto";
import type { ObjectStore } from "../object-store.ts";
import { ObjectStoreError } from "../object-store-error.ts";

/** Bytes that a seed alone decides, so that any process can tell whether an object is whole. */
export function sampleBytes(seed: string, sizeBytes: number): Uint8Array {
  const block = createHash("sha512").update(seed).digest();
  return Buffer.alloc(sizeBytes, block);
}

export async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  return await Array.fromAsync(pieces);
}

/** The keys under a prefix with their sizes, sorted. */
export async function listed(store: ObjectStore, prefix: string): Promise<[key: string, sizeBytes: number][]> {
  const entries = await Array.fromAsync(store.list(prefix));
  return entries.map(({ key, sizeBytes }): [string, number] => [key, sizeBytes]).sort();
}

/** The kind of ObjectStoreError that the work rejects with; any other outcome is the test's failure. */
export async function rejection(work: Promise<unknown>): Promise<ObjectStoreError["kind"]> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ObjectStoreError) return error.kind;
    throw error;
  }
  throw new Error("expected the work to be rejected");
}

import { fail } from "@slipway/rpc";
import type { ChunkPlace } from "../chunks/chunk.ts";
import type { ChunkStore } from "../chunks/chunk-store.ts";
import { type ProvenRecipe, pageAt, type Recipe } from "./recipe.ts";
import type { RecipeStore } from "./recipe-store.ts";

/** Bytes that a stream reads ahead: enough to keep four reads of mean chunks under way. */
const READ_AHEAD_BYTES = 4 * 1024 * 1024;

/** Proven chunks that a reader of parts keeps: its beginning, its end and two in between; 4 MiB each at most. */
const CHUNKS_KEPT = 4;

interface LocatedChunk {
  sha256: string;
  /** Where it begins in the file. */
  startBytes: number;
  place: ChunkPlace;
}

/** A range of a chunk. */
interface Piece {
  chunk: LocatedChunk;
  offset: number;
  length: number;
}

/** The bytes of one file, by its recipe. Whatever is missing in the store ends in ARTIFACT_DATA_LOST, never in other bytes. */
export class FileBytes {
  readonly #recipes: RecipeStore;
  readonly #chunks: ChunkStore;
  readonly #tenantUid: string;
  readonly #recipe: Recipe | ProvenRecipe;
  readonly #name: string;
  /** By SHA-256, the one wanted last at the end. */
  readonly #lastChunks = new Map<string, Uint8Array>();
  #lastPage: { number: number; chunks: LocatedChunk[] } | undefined;

  /** `name` is what the error names: the artifact or upload. */
  constructor(
    recipes: RecipeStore,
    chunks: ChunkStore,
    tenantUid: string,
    recipe: Recipe | ProvenRecipe,
    name: string,
  ) {
    this.#recipes = recipes;
    this.#chunks = chunks;
    this.#tenantUid = tenantUid;
    this.#recipe = recipe;
    this.#name = name;
  }

  /**
   * Exactly `length` bytes from `offset`, which lie inside the file, proven as those of `stream` are: for readers that look
   * here and there. The caller may do with them what it likes.
   */
  async read(offset: number, length: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for await (const piece of this.#pieces(offset, length)) {
      const chunk = await this.#remembered(piece.chunk);
      parts.push(chunk.subarray(piece.offset, piece.offset + piece.length));
    }
    return Buffer.concat(parts, length);
  }

  /**
   * The same bytes in order and in pieces of one chunk at most, each proven by its chunk's SHA-256; reads a few chunks
   * ahead of its consumer.
   */
  async *stream(offset: number, length: number): AsyncIterable<Uint8Array> {
    const ahead: { bytes: Promise<Uint8Array>; length: number }[] = [];
    let aheadBytes = 0;
    for await (const piece of this.#pieces(offset, length)) {
      const bytes = this.#fetchProven(piece);
      // Awaited below in its turn; until then an early failure has nobody else to catch it.
      bytes.catch(() => undefined);
      ahead.push({ bytes, length: piece.length });
      aheadBytes += piece.length;
      while (aheadBytes > READ_AHEAD_BYTES) {
        const first = ahead.shift() as (typeof ahead)[number];
        aheadBytes -= first.length;
        yield await first.bytes;
      }
    }
    for (const { bytes } of ahead) yield await bytes;
  }

  async *#pieces(offset: number, length: number): AsyncIterable<Piece> {
    const end = offset + length;
    if (length === 0) return;
    for (let number = pageAt(this.#recipe, offset); number < this.#recipe.pageStarts.length; number += 1) {
      for (const chunk of await this.#page(number)) {
        const { startBytes, place } = chunk;
        if (startBytes >= end) return;
        const from = Math.max(offset - startBytes, 0);
        const to = Math.min(end - startBytes, place.lengthBytes);
        if (from < to) yield { chunk, offset: from, length: to - from };
      }
    }
  }

  async #page(number: number): Promise<LocatedChunk[]> {
    if (this.#lastPage?.number === number) return this.#lastPage.chunks;
    const entries = await this.#recipes.page(this.#tenantUid, this.#recipe, number);
    if (entries === undefined) throw await this.#lost();
    const places = await this.#chunks.places(
      this.#tenantUid,
      entries.map(({ sha256 }) => sha256),
    );
    const chunks: LocatedChunk[] = [];
    let startBytes = this.#recipe.pageStarts[number] as number;
    for (const [index, { sha256, lengthBytes }] of entries.entries()) {
      const place = places[index];
      if (place?.lengthBytes !== lengthBytes) throw await this.#lost();
      chunks.push({ sha256, startBytes, place });
      startBytes += lengthBytes;
    }
    this.#lastPage = { number, chunks };
    return chunks;
  }

  async #fetchProven({ chunk, offset, length }: Piece): Promise<Uint8Array> {
    const bytes = await this.#wholeChunk(chunk);
    return length === bytes.byteLength ? bytes : bytes.subarray(offset, offset + length);
  }

  async #wholeChunk(chunk: LocatedChunk): Promise<Uint8Array> {
    const bytes = await this.#chunks.readProven(chunk.sha256, chunk.place);
    if (bytes === undefined) throw await this.#lost(chunk);
    return bytes;
  }

  /** The same bytes, kept while they are among the last ones that `read` wanted: it often wants the same again. */
  async #remembered(chunk: LocatedChunk): Promise<Uint8Array> {
    const bytes = this.#lastChunks.get(chunk.sha256) ?? (await this.#wholeChunk(chunk));
    this.#lastChunks.delete(chunk.sha256);
    this.#lastChunks.set(chunk.sha256, bytes);
    if (this.#lastChunks.size > CHUNKS_KEPT) this.#lastChunks.delete(this.#lastChunks.keys().next().value as string);
    return bytes;
  }

  /** Notes the loss, so that pushing the same file again brings what is missing; gives the error for this call. */
  async #lost(chunk?: LocatedChunk): Promise<Error> {
    const name = this.#name;
    try {
      if (chunk !== undefined) await this.#chunks.markDamaged(this.#tenantUid, chunk.sha256, chunk.place);
      if ("sha256" in this.#recipe) await this.#recipes.markDamaged(this.#tenantUid, this.#recipe);
    } catch (cause) {
      return fail("ARTIFACT_DATA_LOST", { name }, { cause });
    }
    return fail("ARTIFACT_DATA_LOST", { name });
  }
}

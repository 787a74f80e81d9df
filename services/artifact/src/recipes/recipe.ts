import type { Condemnation } from "../collection/condemnation.ts";

/** One chunk of a file. */
export interface RecipeEntry {
  sha256: string;
  lengthBytes: number;
}

/** The ordered chunks of one file, kept in pages; or those of the part of a file that is durable. */
export interface Recipe {
  /** Names the pages. */
  recipeUid: string;
  /** Bytes that the pages cover. */
  sizeBytes: number;
  /** Where each page begins in the file, in bytes. */
  pageStarts: number[];
}

/** A recipe of a whole file whose SHA-256 the service computed. */
export interface ProvenRecipe extends Recipe {
  sha256: string;
  /** 0 while it is not stored yet. */
  revision: number;
  /** Some of its chunks turned out to be lost: the file must be sent again. */
  isDamaged: boolean;
  /** Nothing used it a while ago: it is read, but a new upload does not count on it. */
  condemned: Condemnation | undefined;
}

/** Whether a new upload may count on it. */
export function isServing({ isDamaged, condemned }: ProvenRecipe): boolean {
  return !isDamaged && condemned === undefined;
}

/** Entries of one page at most (the contract's bound for pages that travel). */
export const MAX_PAGE_ENTRIES = 4096;

/** The recipe with one more page at its end. */
export function withPage(recipe: Recipe, entries: readonly RecipeEntry[]): Recipe {
  const addedBytes = entries.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
  return {
    ...recipe,
    sizeBytes: recipe.sizeBytes + addedBytes,
    pageStarts: [...recipe.pageStarts, recipe.sizeBytes],
  };
}

/** Number of the page with the byte at `offsetBytes` (0 … sizeBytes − 1). */
export function pageAt(recipe: Recipe, offsetBytes: number): number {
  let low = 0;
  let high = recipe.pageStarts.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((recipe.pageStarts[middle] as number) <= offsetBytes) low = middle;
    else high = middle;
  }
  return low;
}

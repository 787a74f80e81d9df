import type { Cursor, Filter, Ordering } from "../document-store.ts";

/** The answers as a person would work them out from a plain list: what the engines are compared with. */

export interface ModelDocument {
  tenant: string;
  id: string;
  order: number;
  terms: string[];
  numbers: Record<string, number>;
  strings: Record<string, string>;
}

export function modelAnswer(documents: ModelDocument[], filter: Filter, ordering: Ordering, after?: Cursor): string[] {
  const sign = ordering.direction === "ascending" ? 1 : -1;
  const behind = (document: ModelDocument): boolean =>
    !after || sign * (compare(sortKey(document, ordering), after.value) || document.order - after.order) > 0;
  return documents
    .filter((document) => holds(filter, document) && sortKey(document, ordering) !== undefined && behind(document))
    .sort(
      (left, right) => sign * (compare(sortKey(left, ordering), sortKey(right, ordering)) || left.order - right.order),
    )
    .map(({ tenant, id }) => `${tenant}/${id}`);
}

function holds(filter: Filter, document: ModelDocument): boolean {
  if ("and" in filter) return !filter.and.some((child) => !holds(child, document));
  if ("or" in filter) return filter.or.some((child) => holds(child, document));
  if ("not" in filter) return !holds(filter.not, document);
  if ("term" in filter) return document.terms.some((term) => term === filter.term);
  if ("termPrefix" in filter) return document.terms.some((term) => term.indexOf(filter.termPrefix) === 0);
  const value = document.numbers[filter.number];
  if (value === undefined) return false;
  if (filter.min !== undefined && (filter.minExclusive ? value <= filter.min : value < filter.min)) return false;
  return !(filter.max !== undefined && (filter.maxExclusive ? value >= filter.max : value > filter.max));
}

function sortKey(document: ModelDocument, { by }: Ordering): number | Buffer | undefined {
  if (by === "created") return document.order;
  if ("number" in by) return document.numbers[by.number];
  const text = document.strings[by.string];
  return text === undefined ? undefined : Buffer.from(text, "utf8");
}

function compare(left: number | string | Buffer | undefined, right: number | string | Buffer | undefined): number {
  if (Buffer.isBuffer(left) && Buffer.isBuffer(right)) return Buffer.compare(left, right);
  return Number(left) - Number(right);
}

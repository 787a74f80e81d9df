import type { Cursor, DocumentKey, Filter, Ordering, Query, Write } from "./document-store.ts";
import { DocumentStoreError } from "./document-store.ts";
import { limits } from "./limits.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const controlCharacter = /\p{Cc}/u;

/** The checks of a request that need no collection; every engine makes them before it does anything. */

/** @throws DocumentStoreError INVALID */
export function assertKey(key: DocumentKey): void {
  for (const part of [key.tenant, key.collection, key.id]) assertKeyPart(part);
}

/** @throws DocumentStoreError INVALID */
export function assertKeyPart(part: string): void {
  const fits = typeof part === "string" && part.length >= 1 && part.length <= limits.keyPartCharacters;
  if (!fits || !part.isWellFormed() || controlCharacter.test(part)) {
    throw invalid(`a part of a key has 1 to ${limits.keyPartCharacters} characters, well formed, none of control`);
  }
}

/** @throws DocumentStoreError INVALID */
export function assertCommit(writes: Write[], commitId: string): void {
  if (!uuid.test(commitId)) throw invalid("a commit id is a UUID in lower case");
  assertCount("writes", writes.length, limits.writesPerCommit);
  const seen = new Set<string>();
  for (const write of writes) {
    assertKey(write.key);
    const { tenant, collection, id } = write.key;
    const name = `${tenant}\n${collection}\n${id}`;
    if (seen.has(name)) throw invalid(`two writes of ${collection}/${id} in one commit`);
    seen.add(name);
    if (write.kind !== "insert") assertRevision(write.revision, write.kind === "check" ? 0 : 1);
  }
}

/** @throws DocumentStoreError INVALID */
export function assertQuery(query: Omit<Query, "tenant">): void {
  assertCount("documents of a page", query.limit, limits.documentsPerPage);
  if (query.filter) assertFilter(query.filter);
  if (query.ordering && query.ordering.by !== "created") assertName(orderingName(query.ordering.by));
  if (query.after) assertCursor(query.after, query.ordering);
}

/** The name of the number or string to order by. */
function orderingName(by: Exclude<Ordering["by"], "created">): string {
  return "number" in by ? by.number : by.string;
}

/** @throws DocumentStoreError INVALID unless 1 ≤ count ≤ maximum */
export function assertCount(what: string, count: number, maximum: number): void {
  if (!Number.isInteger(count) || count < 1 || count > maximum) throw invalid(`${what}: 1 to ${maximum}, not ${count}`);
}

/** @throws DocumentStoreError INVALID where the tree is too large, too deep or has a bad value */
export function assertFilter(filter: Filter): void {
  let nodes = 0;
  const visit = (node: Filter, depth: number): void => {
    nodes += 1;
    if (nodes > limits.filterNodes) throw invalid(`a filter has at most ${limits.filterNodes} nodes`);
    if (depth > limits.filterDepth) throw invalid(`a filter is at most ${limits.filterDepth} deep`);
    if ("and" in node) for (const child of node.and) visit(child, depth + 1);
    else if ("or" in node) for (const child of node.or) visit(child, depth + 1);
    else if ("not" in node) visit(node.not, depth + 1);
    else if ("term" in node) assertTerm(node.term);
    else if ("termPrefix" in node) assertTerm(node.termPrefix);
    else assertRange(node);
  };
  visit(filter, 1);
}

function assertTerm(term: string): void {
  const fits = typeof term === "string" && term.length >= 1 && term.length <= limits.termCharacters;
  if (!fits || !term.isWellFormed()) throw invalid(`a term has 1 to ${limits.termCharacters} characters, well formed`);
}

function assertName(name: string): void {
  const fits = typeof name === "string" && name.length >= 1 && name.length <= limits.nameCharacters;
  if (!fits || !name.isWellFormed()) throw invalid(`a name has 1 to ${limits.nameCharacters} characters, well formed`);
}

function assertRange(range: Extract<Filter, { number: string }>): void {
  assertName(range.number);
  for (const bound of [range.min, range.max]) if (bound !== undefined) assertNumber(bound);
}

function assertNumber(value: number): void {
  if (!Number.isFinite(value) || Object.is(value, -0)) throw invalid("a number is finite and not -0");
}

function assertRevision(revision: number, minimum: number): void {
  if (!Number.isSafeInteger(revision) || revision < minimum) throw invalid(`a revision is at least ${minimum}`);
}

function assertCursor(cursor: Cursor, ordering: Ordering | undefined): void {
  if (!Number.isSafeInteger(cursor.order) || cursor.order < 0) throw invalid("a cursor's order is a whole number");
  const by = ordering?.by ?? "created";
  const expected = by === "created" ? "undefined" : "number" in by ? "number" : "string";
  if (typeof cursor.value !== expected) throw invalid("the cursor belongs to another ordering");
  if (typeof cursor.value === "number") assertNumber(cursor.value);
  if (typeof cursor.value === "string" && !cursor.value.isWellFormed()) throw invalid("the cursor is not well formed");
}

function invalid(problem: string): DocumentStoreError {
  return new DocumentStoreError("INVALID", problem);
}

import type { Cursor } from "../document-store.ts";
import type { Reply, RowsReply, StoredRow, ThreadRequest, WriteOrder } from "./messages.ts";

/**
 * The most frequent messages as flat arrays: handing objects to another thread takes several times longer, most of it on
 * the receiving side (measured for a commit of three writes: 35 µs as objects, 8 as an array).
 */

type Cell = string | number | null;

/** `"get"`, then tenant, collection and id of each key; or `"commit"`, id, fingerprint, time, writes. Others as they are. */
export type PackedRequest = ThreadRequest | Cell[];

/** Order of the next page or null, its value or null, then seven cells for each row (a missing one is seven nulls). */
export type PackedReply = Reply<unknown> | Cell[];

const CELLS_PER_KEY = 3;
const CELLS_PER_CONTENT = 7;
const CELLS_PER_WRITE = 5 + CELLS_PER_CONTENT;
const CELLS_PER_ROW = 7;
const NO_CONTENT: Cell[] = Array(CELLS_PER_CONTENT).fill(null);
const NO_ROW: Cell[] = Array(CELLS_PER_ROW).fill(null);

export function packRequest(request: ThreadRequest): PackedRequest {
  if (request.kind === "get") {
    const cells: Cell[] = ["get"];
    for (const { tenant, collection, id } of request.keys) cells.push(tenant, collection, id);
    return cells;
  }
  if (request.kind !== "commit") return request;
  const { commitId, fingerprint, nowMs, writes } = request;
  const cells: Cell[] = ["commit", commitId, fingerprint, nowMs];
  for (const { kind, tenant, collection, id, revision, content } of writes) {
    cells.push(kind, tenant, collection, id, revision);
    if (content === undefined) cells.push(...NO_CONTENT);
    else {
      const { terms, numbers, strings, everyTerms, everyNumbers, everyStrings } = content.entries;
      cells.push(content.body, terms, numbers, strings, everyTerms, everyNumbers, everyStrings);
    }
  }
  return cells;
}

export function unpackRequest(packed: PackedRequest): ThreadRequest {
  if (!Array.isArray(packed)) return packed;
  if (packed[0] === "get") {
    const keys = groups(packed, 1, CELLS_PER_KEY, ([tenant, collection, id]) => ({ tenant, collection, id }));
    return { kind: "get", keys: keys as { tenant: string; collection: string; id: string }[] };
  }
  const [, commitId, fingerprint, nowMs] = packed as [string, string, string, number];
  return { kind: "commit", commitId, fingerprint, nowMs, writes: groups(packed, 4, CELLS_PER_WRITE, writeOf) };
}

function writeOf([kind, tenant, collection, id, revision, body, ...texts]: Cell[]): WriteOrder {
  const head = { kind, tenant, collection, id, revision } as WriteOrder;
  if (body === null) return head;
  const [terms, numbers, strings, everyTerms, everyNumbers, everyStrings] = texts;
  const entries = { terms, numbers, strings, everyTerms, everyNumbers, everyStrings };
  return { ...head, content: { body, entries } } as WriteOrder;
}

export function packReply(reply: Reply<unknown>): PackedReply {
  if (!("value" in reply) || !isRows(reply.value)) return reply;
  const { rows, next } = reply.value;
  const cells: Cell[] = [next?.order ?? null, next?.value ?? null];
  for (const row of rows) {
    if (row === undefined) cells.push(...NO_ROW);
    else cells.push(row.tenant, row.collection, row.id, row.order, row.revision, row.formatVersion, row.body);
  }
  return cells;
}

export function unpackReply(packed: PackedReply): Reply<unknown> {
  if (!Array.isArray(packed)) return packed;
  const [order, value] = packed;
  const rows = groups(packed, 2, CELLS_PER_ROW, rowOf);
  if (typeof order !== "number") return { value: { rows } satisfies RowsReply };
  const next: Cursor = value === null || value === undefined ? { order } : { order, value };
  return { value: { rows, next } satisfies RowsReply };
}

function rowOf([tenant, collection, id, order, revision, formatVersion, body]: Cell[]): StoredRow | undefined {
  if (tenant === null) return undefined;
  return { tenant, collection, id, order, revision, formatVersion, body } as StoredRow;
}

function isRows(value: unknown): value is RowsReply {
  return typeof value === "object" && value !== null && "rows" in value;
}

/** What `read` makes of every so many cells behind the first. */
function groups<T>(cells: readonly Cell[], first: number, size: number, read: (group: Cell[]) => T): T[] {
  const found: T[] = [];
  for (let start = first; start < cells.length; start += size) found.push(read(cells.slice(start, start + size)));
  return found;
}

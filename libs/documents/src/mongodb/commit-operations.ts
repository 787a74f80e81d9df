import type { AnyBulkWriteOperation } from "mongodb";
import type { CommitOutcome } from "../document-store.ts";
import type { PreparedCommit, PreparedWrite } from "../prepared-commit.ts";
import { type Entry, entryId, FORMATS_ID, indexFields, outcomeId } from "./layout.ts";

/** The commands of a transaction, and how many entries they find, make and remove where every condition holds. */
export interface CommitOperations {
  operations: AnyBulkWriteOperation<Entry>[];
  matched: number;
  inserted: number;
  deleted: number;
}

export interface WriteContext {
  /** The format that this process writes. */
  formatOf(collection: string): number;
  /** Of a document to be replaced. */
  orderOf(id: string): number | undefined;
  generation: number;
}

/**
 * Everything that some commits do, each condition as a part of what its write looks for. First the updates, which travel
 * in one command, then the deletes.
 * @param firstOrder of as many order keys as there are inserts
 */
export function commitOperations(
  requests: PreparedCommit[],
  firstOrder: number,
  context: WriteContext,
): CommitOperations {
  const updates: AnyBulkWriteOperation<Entry>[] = [];
  const deletes: AnyBulkWriteOperation<Entry>[] = [];
  let order = firstOrder;
  for (const request of requests) {
    updates.push(rememberOutcome(request.commitId, request.fingerprint, outcomeOf(request)));
    for (const write of request.writes) {
      const _id = entryId(write);
      if (write.kind === "insert") updates.push(insert(write, order++, context));
      else if (write.kind === "replace") updates.push(replace(write, context));
      else if (write.kind === "delete") deletes.push({ deleteOne: { filter: conditionOf(write, context) } });
      else if (write.revision > 0) updates.push(lock(write, context));
      else {
        // What takes the place of an absent document for a moment conflicts with whoever inserts it meanwhile.
        updates.push(insertOnly(_id, { k: 1 }));
        deletes.push({ deleteOne: { filter: { _id, k: 1 } } });
      }
    }
  }
  const inserted = updates.filter((update) => "updateOne" in update && update.updateOne.upsert === true).length;
  return {
    operations: [unlessNewer(context.generation), ...updates, ...deletes],
    matched: updates.length - inserted,
    inserted,
    deleted: deletes.length,
  };
}

/** The outcome of a commit all of whose conditions hold. */
export function outcomeOf({ writes }: PreparedCommit): CommitOutcome & { committed: true } {
  return { committed: true, revisions: writes.map(revisionAfter) };
}

/** Its time is the server's, which removes it. */
export function rememberOutcome(
  commitId: string,
  fingerprint: string,
  outcome: CommitOutcome,
): AnyBulkWriteOperation<Entry> {
  const update = {
    $setOnInsert: { fingerprint, outcome: JSON.stringify(outcome) },
    $currentDate: { at: true as const },
  };
  return { updateOne: { filter: { _id: outcomeId(commitId) }, update, upsert: true } };
}

/**
 * Finds an entry where there is one, instead of making it. (What looks for nothing but an id needs no plan, which takes
 * the server as long as the write.)
 */
function insertOnly(_id: string, fields: Partial<Entry>): AnyBulkWriteOperation<Entry> {
  return { updateOne: { filter: { _id }, update: { $setOnInsert: fields }, upsert: true } };
}

/** Whether its index entries hold the order key of the document. */
export function needsOrder({ kind, content }: PreparedWrite): boolean {
  if (kind !== "replace" || content === undefined) return false;
  const { inTenant, acrossTenants } = content.entries;
  return [inTenant, acrossTenants].some((entries) => entries && entries.numbers.length + entries.strings.length > 0);
}

function revisionAfter({ kind, revision }: PreparedWrite): number {
  if (kind === "delete") return 0;
  return kind === "check" ? revision : revision + 1;
}

/**
 * Fails with an immutable field where a collection's format was changed since this process has looked. It must not
 * match and be counted: a count too many would hide one too few.
 */
function unlessNewer(generation: number): AnyBulkWriteOperation<Entry> {
  const filter = { _id: FORMATS_ID, generation: { $ne: generation } };
  return { updateOne: { filter, update: { $set: { _id: "" } } } };
}

function insert(write: PreparedWrite, order: number, context: WriteContext): AnyBulkWriteOperation<Entry> {
  const { tenant, collection, content } = write;
  if (!content) throw new Error("an insert needs content");
  const format = context.formatOf(collection);
  return insertOnly(entryId(write), {
    c: collection,
    t: tenant,
    o: order,
    r: 1,
    f: format,
    p: format,
    b: content.body,
    ...indexFields(write, order, content.entries),
  });
}

function replace(write: PreparedWrite, context: WriteContext): AnyBulkWriteOperation<Entry> {
  const { collection, revision, content } = write;
  if (!content) throw new Error("a replace needs content");
  const format = context.formatOf(collection);
  // A document that nobody knows yet is looked up when this misses.
  const order = context.orderOf(entryId(write)) ?? -1;
  const filter = { ...conditionOf(write, context), ...(needsOrder(write) && { o: order }) };
  const fields = indexFields(write, order, content.entries);
  return {
    updateOne: { filter, update: { $set: { r: revision + 1, f: format, p: format, b: content.body, ...fields } } },
  };
}

function lock(write: PreparedWrite, context: WriteContext): AnyBulkWriteOperation<Entry> {
  return { updateOne: { filter: conditionOf(write, context), update: { $inc: { k: 1 } } } };
}

function conditionOf(
  write: PreparedWrite,
  { formatOf }: WriteContext,
): { _id: string; r: number; f: { $lte: number } } {
  return { _id: entryId(write), r: write.revision, f: { $lte: formatOf(write.collection) } };
}

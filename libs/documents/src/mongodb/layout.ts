import { hash } from "node:crypto";
import type { Collection, CreateIndexesOptions, IndexSpecification } from "mongodb";
import type { DocumentKey } from "../document-store.ts";
import type { EntriesByListing, IndexEntries } from "../index-entries.ts";
import { packNumber, packString } from "./packed-values.ts";

/**
 * How a database of MongoDB is laid out: one MongoDB collection, `documents`, holds the documents of all collections of
 * the port and the few of the engine. So a commit is one `update` command and one `commitTransaction`, whatever it
 * touches; with a MongoDB collection for each it would be one command more for each kind of document, at two to three
 * times the cost of a commit. Every index begins with what keeps collections and tenants apart.
 *
 * The order key of a document is in its values too, so that an index over (value, order) is one over a string.
 */
export interface StoredEntry {
  /** `<collection>\n<tenant>\n<id>`: parts of a key have no control characters. */
  _id: string;
  /** Collection and tenant. */
  c: string;
  t: string;
  /** Order key. */
  o: number;
  /** Revision. */
  r: number;
  /** Format version of the body. */
  f: number;
  /** Format version whose project() made `x` and `v`. */
  p: number;
  /** The body as JSON text: no name in it can mean anything to MongoDB, and it comes back exactly. */
  b: string;
  /** Terms. */
  x: string[];
  /** The same over all tenants, where its collection is searched there. */
  X?: string[];
  /** Packed numbers and strings by valueName, each behind its valueScope. */
  v: Record<string, string>;
  /** How often a commit has checked it: the lock of a `check`. */
  k?: number;
}

/** Where the outcome of a commit is remembered. */
interface OutcomeEntry {
  _id: string;
  /** SHA-256 of its writes. */
  fingerprint: string;
  /** The CommitOutcome as JSON text. */
  outcome: string;
  /** When, by the clock of the server, which removes it by that clock. */
  at: Date;
}

/** The formats of the collections as the database knows them. */
export interface FormatsEntry {
  _id: string;
  /** One more with each change of `format` of any collection. */
  generation: number;
  /** By collection: the newest format that any process writes, and the one whose project() has indexed everything. */
  formats: Record<string, { format: number; indexed: number }>;
}

/** The next order key to hand out. */
interface OrderEntry {
  _id: string;
  next: number;
}

export type Entry = { _id: string } & Partial<
  Omit<StoredEntry, "_id"> & Omit<OutcomeEntry, "_id"> & Omit<FormatsEntry, "_id"> & Omit<OrderEntry, "_id">
>;

export type Entries = Collection<Entry>;

export const ENTRIES = "documents";

/** 48 bits. */
const SCOPE_CHARACTERS = 8;

/** Ids of the engine's own entries begin with a line feed, which no document's does. */
export const FORMATS_ID = "\nformats";
export const ORDER_ID = "\norder";

export function outcomeId(commitId: string): string {
  return `\noutcome\n${commitId}`;
}

/** Where `check` holds the place of a document that must not exist is the document's own id. */
export function entryId({ collection, tenant, id }: DocumentKey): string {
  return `${collection}\n${tenant}\n${id}`;
}

export function keyOfEntryId(entry: string): DocumentKey {
  const [collection = "", tenant = "", id = ""] = entry.split("\n");
  return { collection, tenant, id };
}

const indexedDocuments = { partialFilterExpression: { c: { $exists: true } } };

/** Made by the engine; a database that has them is left as it is. Building one does not stop reads or writes. */
export function entryIndexes(
  outcomeKeptMs: number,
): { key: IndexSpecification; options: CreateIndexesOptions & { name: string } }[] {
  return [
    // The tenant before the term: what is written and asked together lies together.
    { key: { c: 1, t: 1, x: 1, o: 1 }, options: { name: "terms", ...indexedDocuments } },
    {
      key: { c: 1, X: 1, o: 1 },
      options: { name: "terms-across-tenants", partialFilterExpression: { X: { $exists: true } } },
    },
    { key: { c: 1, t: 1, o: 1 }, options: { name: "orders", ...indexedDocuments } },
    { key: { "v.$**": 1 }, options: { name: "values" } },
    { key: { at: 1 }, options: { name: "outcomes", sparse: true, expireAfterSeconds: outcomeKeptMs / 1000 } },
  ];
}

/** What of a listing names its values: one collection, in one tenant or over all. */
export interface Listing {
  collection: string;
  tenant?: string;
}

/**
 * Path of a number or string: a letter keeps numbers, strings and their twins over all tenants apart, and keeps a name
 * from meaning a place in an array.
 */
export function valuePath(listing: Listing, kind: "number" | "string", name: string): string {
  return `v.${valueName(listing, kind, name)}`;
}

/** Where the terms of a listing stand. */
export function termPath({ tenant }: Listing): "x" | "X" {
  return tenant === undefined ? "X" : "x";
}

/**
 * What stands before a packed value. Two listings may share one, but hardly ever do: queries ask for collection and
 * tenant besides, and the names themselves would be most of a document.
 */
export function valueScope({ collection, tenant = "" }: Listing): string {
  return hash("sha256", `${collection}\n${tenant}`, "base64url").slice(0, SCOPE_CHARACTERS);
}

/** The searchable fields of a document. */
export function indexFields(
  { collection, tenant }: Omit<DocumentKey, "id">,
  order: number,
  { inTenant, acrossTenants }: EntriesByListing,
): Pick<StoredEntry, "x" | "X" | "v"> {
  const own = valuesOf({ collection, tenant }, order, inTenant);
  if (acrossTenants === undefined) return { x: inTenant.terms, v: own };
  const everywhere = valuesOf({ collection }, order, acrossTenants);
  return { x: inTenant.terms, X: acrossTenants.terms, v: { ...own, ...everywhere } };
}

function valuesOf(listing: Listing, order: number, { numbers, strings }: IndexEntries): Record<string, string> {
  const values: Record<string, string> = {};
  const scope = valueScope(listing);
  for (const [name, value] of numbers) values[valueName(listing, "number", name)] = scope + packNumber(value, order);
  for (const [name, value] of strings) values[valueName(listing, "string", name)] = scope + packString(value, order);
  return values;
}

function valueName({ tenant }: Listing, kind: "number" | "string", name: string): string {
  const letter = kind === "number" ? "n" : "s";
  return (tenant === undefined ? letter.toUpperCase() : letter) + name.replace(/[%.$\0]/g, escapeCharacter);
}

/** Dots and dollars mean something in a path. */
function escapeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}

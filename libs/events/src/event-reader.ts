import type { AcrossTenants, DocumentStore, Filter, Page, StoredDocument } from "@slipway/documents";
import type { Event } from "@slipway/gen/slipway/event/v1/event_pb.js";
import { eventsBySequence } from "./across-tenants.ts";
import { eventOf, eventsCollection, typeTerm } from "./event-record.ts";

/** Whose events: a tenant's, which are numbered by position, or everybody's, by sequence. */
export type EventScope = { tenantUid: string } | "ALL_TENANTS";

export interface EventPage {
  events: Event[];
  /** The last number that was looked at; read on behind it. */
  last: number;
}

/** Of JSON text: leaves room in a message of 4 MiB, the default limit of gRPC clients, for text of up to two bytes each. */
const PAGE_CHARACTERS = 1024 * 1024;

/** Reads the numbered events of one database. */
export class EventReader {
  readonly #documents: DocumentStore;
  readonly #acrossTenants: AcrossTenants;

  constructor(documents: DocumentStore, acrossTenants: AcrossTenants) {
    this.#documents = documents;
    this.#acrossTenants = acrossTenants;
  }

  /**
   * Up to `limit` (1 to 1,000) events behind a number, and as many as fit into one message; of these types only, unless
   * there are none.
   */
  async read(scope: EventScope, after: number, types: readonly string[], limit: number): Promise<EventPage> {
    // Asked for first: what is numbered while the page is read must not be skipped.
    const newest = await this.newest(scope);
    if (newest <= after) return { events: [], last: after };
    const range: Filter = { number: numberOf(scope), min: after, minExclusive: true, max: newest };
    // Numbers have no gaps: where so few are left, reading all of them is faster than asking the index of types.
    const filter: Filter =
      types.length === 0 || newest - after <= limit
        ? range
        : { and: [range, { or: types.map((type) => ({ term: typeTerm(type) })) }] };
    const { documents, next } = await this.#page(scope, "ascending", limit, filter);
    const fitting = fittingInto(PAGE_CHARACTERS, documents);
    const events = fitting
      .map(({ body }) => eventOf(body))
      .filter(({ type }) => types.length === 0 || types.includes(type));
    if (fitting.length < documents.length) return { events, last: Number(fitting.at(-1)?.body[numberOf(scope)]) };
    return { events, last: next ? Number(next.value) : newest };
  }

  /** The highest number given so far; 0 before the first. */
  async newest(scope: EventScope): Promise<number> {
    const { documents } = await this.#page(scope, "descending", 1, { and: [] });
    return Number(documents[0]?.body[numberOf(scope)] ?? 0);
  }

  #page(scope: EventScope, direction: "ascending" | "descending", limit: number, filter: Filter): Promise<Page> {
    if (scope === "ALL_TENANTS") return eventsBySequence(this.#acrossTenants, direction, limit, filter);
    return this.#documents.query({
      tenant: scope.tenantUid,
      collection: eventsCollection.name,
      filter,
      ordering: { by: { number: "position" }, direction },
      limit,
    });
  }
}

/** The first documents that have so many characters together; always one at least. */
function fittingInto(characters: number, documents: readonly StoredDocument[]): readonly StoredDocument[] {
  let left = characters;
  const end = documents.findIndex(({ body }, index) => {
    left -= JSON.stringify(body).length;
    return left < 0 && index > 0;
  });
  return end === -1 ? documents : documents.slice(0, end);
}

function numberOf(scope: EventScope): "sequence" | "position" {
  return scope === "ALL_TENANTS" ? "sequence" : "position";
}

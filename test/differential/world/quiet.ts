import { setTimeout as pause } from "node:timers/promises";
import type { Filter } from "@slipway/documents";
import type { Engines } from "@slipway/standalone/engines";

const TIMEOUT_MS = 60_000;
const LOOK_EVERY_MS = 2;

const SERVICES = ["metadata", "artifact", "workflow"] as const;

/** Who works in the background on whose events; progress lies in the consumer's own database. */
const CONSUMERS = [
  {
    database: "workflow",
    id: "triggers/metadata",
    source: "metadata",
    types: /^slipway\.((model|alias|version|evaluation)\.|transition\.(?!checked))/,
  },
  {
    database: "metadata",
    id: "automatic moves/metadata",
    source: "metadata",
    types: /^slipway\.evaluation\.recorded$/,
  },
  {
    database: "metadata",
    id: "waiting transitions/metadata",
    source: "metadata",
    types: /^slipway\.(stage-policy\.|model\.undeleted$)/,
  },
  { database: "workflow", id: "triggers/artifact", source: "artifact", types: /^slipway\.artifact\.completed$/ },
  {
    database: "artifact",
    id: "artifact-references/metadata",
    source: "metadata",
    types: /^slipway\.version\.(created|purged)$/,
  },
] as const;

/**
 * Waits until nothing is left to do in the background: every event has its numbers, every consumer has handled what it
 * wants, and no run is at work but those that wait for an answer. Looks twice, since one piece of work makes the next.
 */
export class Quiet {
  readonly #engines: Engines;
  readonly #held: ReadonlySet<string>;
  /** The last event of each consumer's types, so that only newer ones are looked through. */
  readonly #wanted = new Map<string, { looked: number; last: number }>();

  #waitsFor = "";

  constructor(engines: Engines, held: ReadonlySet<string>) {
    this.#engines = engines;
    this.#held = held;
  }

  async reach(): Promise<void> {
    const deadlineMs = Date.now() + TIMEOUT_MS;
    let before: string | undefined;
    for (;;) {
      const now = await this.#look();
      if (now !== undefined && now === before) return;
      if (Date.now() > deadlineMs) {
        throw new Error(`waited in vain until nothing is left to do in the background: ${this.#waitsFor}`);
      }
      before = now;
      await pause(LOOK_EVERY_MS);
    }
  }

  /** How far everything is; undefined while something is at work. */
  async #look(): Promise<string | undefined> {
    this.#waitsFor = "runs at work";
    if (await this.#runsAreAtWork()) return undefined;
    this.#waitsFor = "events without numbers";
    const pending = await Promise.all(
      SERVICES.map((service) => this.#events(service, { number: "pending", min: 0 }, { number: "pending" }, 1)),
    );
    if (pending.some((events) => events.length > 0)) return undefined;
    const newest = await Promise.all(SERVICES.map((service) => this.#newest(service)));
    const caughtUp = await Promise.all(CONSUMERS.map((consumer) => this.#hasCaughtUp(consumer)));
    this.#waitsFor = `consumers ${CONSUMERS.flatMap(({ id }, index) => (caughtUp[index] ? [] : [id])).join(", ")}`;
    return caughtUp.every(Boolean) ? newest.join() : undefined;
  }

  async #runsAreAtWork(): Promise<boolean> {
    // Every run is due at some time until it ends.
    const filter: Filter = { number: "due" };
    const { documents } = await this.#engines.workflow.acrossTenants.query({ collection: "runs", filter, limit: 100 });
    return documents.some(({ key }) => !this.#held.has(key.id));
  }

  async #hasCaughtUp(consumer: (typeof CONSUMERS)[number]): Promise<boolean> {
    const { database, id, source, types } = consumer;
    const known = this.#wanted.get(id) ?? { looked: 0, last: 0 };
    const filter: Filter = { number: "sequence", min: known.looked, minExclusive: true };
    const events = await this.#events(source, filter, { number: "sequence" }, 1000);
    for (const { body } of events) {
      known.looked = Number(body.sequence);
      if (types.test((body.event as { type: string }).type)) known.last = known.looked;
    }
    this.#wanted.set(id, known);
    if (known.last === 0) return true;
    const key = { tenant: "platform", collection: "consumers", id };
    const progress = await this.#engines[database].documents.get(key);
    return Number(progress?.body.sequence ?? 0) >= known.last;
  }

  async #newest(service: (typeof SERVICES)[number]): Promise<number> {
    const [event] = await this.#events(service, { and: [] }, { number: "sequence" }, 1, "descending");
    return Number(event?.body.sequence ?? 0);
  }

  async #events(
    service: (typeof SERVICES)[number],
    filter: Filter,
    by: { number: string },
    limit: number,
    direction: "ascending" | "descending" = "ascending",
  ) {
    const query = { collection: "events", filter, ordering: { by, direction }, limit };
    return (await this.#engines[service].acrossTenants.query(query)).documents;
  }
}

import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AcrossTenants, CollectionDefinition, DocumentStore, Write } from "@slipway/documents";
import { openSqliteDocuments } from "@slipway/documents/sqlite";
import type { Event } from "@slipway/gen/slipway/event/v1/event_pb.js";
import { type Clock, systemClock, systemIds } from "@slipway/runtime";
import { consumersCollection } from "../consumer-progress.ts";
import { EventReader } from "../event-reader.ts";
import { type Change, eventsCollection, eventWrite } from "../event-record.ts";
import { sequencerCollection } from "../sequencer-state.ts";

/** What the tests of this library share: a real database with things that change, and their events. */

const things: CollectionDefinition = { name: "things", formatVersion: 1, upgrade: (body) => body, project: () => ({}) };

export const tenants = [0, 1, 2].map((n) => ({
  tenant: `tenant-${n}`,
  tenantUid: `0198c0de-0000-7000-8000-00000000000${n}`,
}));

export interface Database {
  documents: DocumentStore;
  acrossTenants: AcrossTenants;
}

export function openDatabase(folder: string, clock: Clock = systemClock): Promise<Database> {
  const collections = [things, eventsCollection, sequencerCollection, consumersCollection];
  return openSqliteDocuments({ path: join(folder, "events.sqlite"), collections, clock });
}

export async function createFolder(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-events-"));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

export function changeOf(tenantIndex: number, name: string, type = "slipway.thing.created"): Change {
  const tenant = tenants[tenantIndex % tenants.length] as (typeof tenants)[number];
  return {
    ...tenant,
    type,
    subject: `things/${name}`,
    subjectUid: randomUUID(),
    aggregateRevision: 1,
    actor: "users/ada",
    payload: { name },
  };
}

/** The writes of one change: the thing and its event. */
function writesOf(change: Change): Write[] {
  const key = { tenant: change.tenantUid, collection: things.name, id: change.subjectUid };
  return [
    { kind: "insert", key, body: { name: change.subject } },
    eventWrite(change, { clock: systemClock, ids: systemIds }),
  ];
}

export async function record({ documents }: Pick<Database, "documents">, change: Change): Promise<void> {
  const outcome = await documents.commit(writesOf(change), randomUUID());
  if (!outcome.committed) throw new Error("the change was not recorded");
}

/** Every numbered event by sequence. */
export async function everyEvent({ documents, acrossTenants }: Database): Promise<Event[]> {
  const reader = new EventReader(documents, acrossTenants);
  const found: Event[] = [];
  for (let after = 0; ; ) {
    const { events, last } = await reader.read("ALL_TENANTS", after, [], 1000);
    found.push(...events);
    if (last === after) return found;
    after = last;
  }
}

/** Polls until a condition holds; fails through the test's own time limit. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}

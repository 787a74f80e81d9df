import { create } from "@bufbuild/protobuf";
import { type Timestamp, timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import {
  type StageEntry,
  type StageEntryCause,
  StageEntrySchema,
} from "@slipway/gen/slipway/metadata/v1/stage_entry_pb.js";
import type { StoredModel } from "../models/model.ts";
import { type StoredVersion, versionResourceName } from "../versions/version.ts";
import { transitionName } from "./transition.ts";

/** A stay of a version in a stage as it is stored. */
export interface StoredEntry {
  /** Of its document; 0 before it is stored. */
  revision: number;
  modelUid: string;
  /** `version` is the number alone and `transition` the uid, since models are renamed. */
  entry: StageEntry;
  /** Stage that the version was in before; empty for none. */
  from: string;
  /** Ordinal of the entry that a rollback brought back, the first of them where that was one of a rollback too. */
  restored?: number;
}

/** Why a version enters a stage. */
export interface EntryReason {
  cause: StageEntryCause;
  /** Uid of the transition; empty for none. */
  transition: string;
  principal: string;
  restored?: number;
}

/** When the next entry of a model begins: never before the last one did, whatever the clock says. */
export function entryTimeMs({ counters }: StoredModel, nowMs: number): number {
  return Math.max(nowMs, counters.stageTimeMs ?? 0);
}

/** The entry of a version into a stage. */
export function newEntry(
  { modelUid, version }: StoredVersion,
  stage: string,
  { ordinal, timeMs }: { ordinal: number; timeMs: number },
  { cause, transition, principal, restored }: EntryReason,
): StoredEntry {
  const entry = create(StageEntrySchema, {
    version: version.number,
    stage,
    ordinal: BigInt(ordinal),
    cause,
    transition,
    principal,
    enterTime: timestampFromMs(timeMs),
  });
  return { revision: 0, modelUid, entry, from: version.stage, ...(restored !== undefined && { restored }) };
}

/** The entry with its end. */
export function leftEntry(stored: StoredEntry, timeMs: number): StoredEntry {
  const entry = Object.assign({ ...stored.entry }, { leaveTime: timestampFromMs(timeMs) });
  return { ...stored, entry };
}

/** The entry as clients see it; `purged` are the numbers of versions that are no more. */
export function shownEntry({ entry }: StoredEntry, model: string, purged: ReadonlySet<string>): StageEntry {
  const { version, transition } = entry;
  return {
    ...entry,
    version: versionResourceName(model, version),
    purged: purged.has(version),
    transition: transition === "" ? "" : transitionName(model, transition),
  };
}

/** The ordinal below which a rollback looks for what was there before an entry. */
export function baseOf({ entry, restored }: StoredEntry): number {
  return restored ?? Number(entry.ordinal);
}

/** Milliseconds since 1970; undefined for none. */
export function timeMsOf(time: Timestamp | undefined): number | undefined {
  return time && timestampMs(time);
}

import { StageEntryCause } from "@slipway/gen/slipway/metadata/v1/stage_entry_pb.js";
import {
  enumField,
  fieldTerm,
  numberField,
  type OrderFields,
  parseFilter,
  parseOrderBy,
  textField,
  timeField,
} from "@slipway/resources";
import { type StoredEntry, timeMsOf } from "./stage-entry.ts";

const CAUSES = [
  StageEntryCause.PUBLICATION,
  StageEntryCause.TRANSITION,
  StageEntryCause.DISPLACEMENT,
  StageEntryCause.ROLLBACK,
  StageEntryCause.UNDELETION,
].map((cause) => StageEntryCause[cause]);

const FILTER_FIELDS = {
  version: textField("version"),
  stage: textField("stage"),
  cause: enumField("cause", CAUSES),
  principal: textField("principal"),
  ordinal: numberField("ordinal"),
  enter_time: timeField("enter_time"),
  leave_time: timeField("leave_time"),
};

/** The indexes over the ordinals: of one stage of a model, and of all. */
export const entryIndexes = {
  model: (modelUid: string) => `history/${modelUid}`,
  stage: (modelUid: string, stage: string) => `history/${modelUid}/${stage}`,
};

/** What of an entry can be searched and sorted. */
export function projectEntry({ modelUid, entry }: StoredEntry) {
  const { version, stage, cause, principal } = entry;
  const ordinal = Number(entry.ordinal);
  const [enterMs, leaveMs] = [timeMsOf(entry.enterTime), timeMsOf(entry.leaveTime)];
  return {
    terms: [
      fieldTerm("version", version),
      `stage:${stage}`,
      `cause:${StageEntryCause[cause]}`,
      fieldTerm("principal", principal),
    ],
    numbers: {
      ordinal,
      [entryIndexes.model(modelUid)]: ordinal,
      [entryIndexes.stage(modelUid, stage)]: ordinal,
      ...(enterMs !== undefined && { enter_time: enterMs }),
      ...(leaveMs !== undefined && { leave_time: leaveMs }),
    },
  };
}

/** The entries that last at a time, in milliseconds since 1970, or now: from its begin to right before its end. */
export function lastingAt(timeMs: number | undefined) {
  const hasEnded = { number: "leave_time" };
  if (timeMs === undefined) return { not: hasEnded };
  return { and: [{ number: "enter_time", max: timeMs }, { not: { ...hasEnded, max: timeMs } }] };
}

/** What ListStageEntries asks of the store. Throws FILTER_INVALID and ORDER_BY_INVALID. */
export function entryQuery({ filter, orderBy }: { filter: string; orderBy: string }, modelUid: string) {
  const by = { number: entryIndexes.model(modelUid) };
  const orderFields: OrderFields = { ordinal: by };
  return {
    filter: parseFilter(filter, FILTER_FIELDS) ?? { and: [] },
    ordering: parseOrderBy(orderBy, orderFields, { by, direction: "ascending" }),
  };
}

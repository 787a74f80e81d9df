import { enumField, parseFilter, parseOrderBy, textField, timeField } from "@slipway/resources";

/** The fields of ListRuns' filter, and what each is projected as in run-store.ts. */
const FIELDS = {
  workflow: textField("workflow"),
  state: enumField("state", ["PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"]),
  subject: textField("subject"),
  subject_uid: textField("subject-uid"),
  event_id: textField("event"),
  creator: textField("creator"),
  create_time: timeField("create_time"),
};

/** The query of a ListRuns request. Throws FILTER_INVALID, ORDER_BY_INVALID. */
export function runQueryOf({ filter, orderBy }: { filter: string; orderBy: string }) {
  const newestFirst = { by: "created", direction: "descending" } as const;
  return {
    filter: parseFilter(filter, FIELDS),
    ordering: parseOrderBy(orderBy, { create_time: "created" }, newestFirst),
  };
}

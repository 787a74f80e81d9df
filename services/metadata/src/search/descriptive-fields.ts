import { type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt";
import { mapField, textField, timeField } from "@slipway/resources";
import { boundedField, boundedTerm } from "./bounded-term.ts";

/** What models and versions have in common for those who search. */
export interface Described {
  author: string;
  creator: string;
  labels: readonly string[];
  tags: Readonly<Record<string, string>>;
  createTime?: Timestamp | undefined;
  updateTime?: Timestamp | undefined;
}

/** The term of what is deleted; lists leave it out unless asked for. */
export const DELETED_TERM = "deleted";

/** The fields of their filters, matching describedTerms and describedNumbers. */
export const describedFields = {
  author: boundedField(textField("author")),
  creator: boundedField(textField("creator")),
  labels: boundedField(textField("labels")),
  tags: boundedField(mapField("tags")),
  create_time: timeField("create_time"),
  update_time: timeField("update_time"),
};

export function describedTerms({ author, creator, labels, tags }: Described): string[] {
  return [
    `author:${author}`,
    `creator:${creator}`,
    ...labels.map((label) => `labels:${label}`),
    ...Object.entries(tags).map(([key, value]) => `tags:${key}=${value}`),
  ].map(boundedTerm);
}

/** Times in milliseconds since 1970. */
export function describedNumbers({ createTime, updateTime }: Described): Record<string, number> {
  return {
    ...(createTime && { create_time: timestampMs(createTime) }),
    ...(updateTime && { update_time: timestampMs(updateTime) }),
  };
}

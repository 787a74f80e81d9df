import { type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt";
import {
  fieldTerm,
  listField,
  mapField,
  mapTerm,
  presenceField,
  presenceTerm,
  textField,
  timeField,
} from "@slipway/resources";

/** What models and versions have in common for those who search. */
export interface Described {
  description: string;
  author: string;
  creator: string;
  labels: readonly string[];
  tags: Readonly<Record<string, string>>;
  createTime?: Timestamp | undefined;
  updateTime?: Timestamp | undefined;
  deleteTime?: Timestamp | undefined;
}

/** The term of what is deleted; lists leave it out unless asked for. */
export const DELETED_TERM = "deleted";

/** The fields of their filters, matching describedTerms and describedNumbers. */
export const describedFields = {
  description: presenceField("description"),
  author: textField("author"),
  creator: textField("creator"),
  labels: listField("labels"),
  tags: mapField("tags"),
  create_time: timeField("create_time"),
  update_time: timeField("update_time"),
  delete_time: timeField("delete_time"),
};

export function describedTerms({ description, author, creator, labels, tags, deleteTime }: Described): string[] {
  return [
    fieldTerm("author", author),
    fieldTerm("creator", creator),
    ...labels.map((label) => fieldTerm("labels", label)),
    ...Object.entries(tags).map(([key, value]) => mapTerm("tags", key, value)),
    ...(description === "" ? [] : [presenceTerm("description")]),
    ...(deleteTime === undefined ? [] : [DELETED_TERM]),
  ];
}

/** Times in milliseconds since 1970. */
export function describedNumbers({ createTime, updateTime, deleteTime }: Described): Record<string, number> {
  return {
    ...(createTime && { create_time: timestampMs(createTime) }),
    ...(updateTime && { update_time: timestampMs(updateTime) }),
    ...(deleteTime && { delete_time: timestampMs(deleteTime) }),
  };
}

/** The texts whose words find it, the short ones first. */
export function describedTexts({ author, labels, tags, description }: Described): string[] {
  return [author, ...labels, ...Object.entries(tags).flat(), description];
}

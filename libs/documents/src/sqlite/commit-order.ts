import { entriesText } from "../index-entries.ts";
import type { CommitOrder, CommitRequest } from "./messages.ts";

/** What the writer's thread is told of a prepared commit. */
export function commitOrder({ writes, ...rest }: CommitRequest): CommitOrder {
  return {
    ...rest,
    writes: writes.map(({ content, ...head }) =>
      content === undefined
        ? head
        : { ...head, content: { body: content.body, entries: entriesText(content.entries) } },
    ),
  };
}

import type { PreparedCommit } from "../prepared-commit.ts";
import { entriesText } from "./entries-text.ts";
import type { CommitOrder } from "./messages.ts";

/** What the writer's thread is told of a prepared commit. */
export function commitOrder({ writes, ...rest }: PreparedCommit): CommitOrder {
  return {
    kind: "commit",
    ...rest,
    writes: writes.map(({ content, ...head }) =>
      content === undefined
        ? head
        : { ...head, content: { body: content.body, entries: entriesText(content.entries) } },
    ),
  };
}

import { hash } from "node:crypto";
import type { Collections } from "./collections.ts";
import type { Write } from "./document-store.ts";
import { DocumentStoreError } from "./document-store.ts";
import { limits } from "./limits.ts";
import type { PreparedCommit, PreparedWrite } from "./prepared-commit.ts";
import { assertCommit } from "./requests.ts";

/**
 * Checks a commit and turns it into what an engine needs.
 * @throws DocumentStoreError INVALID
 */
export function prepareCommit(
  collections: Collections,
  writes: Write[],
  commitId: string,
  nowMs: number,
): PreparedCommit {
  assertCommit(writes, commitId);
  const prepared = writes.map((write) => prepareWrite(collections, write));
  const characters = prepared.reduce((sum, write) => sum + (write.content?.body.length ?? 0), 0);
  if (characters > limits.commitCharacters) {
    throw new DocumentStoreError(
      "INVALID",
      `the bodies of a commit have at most ${limits.commitCharacters} characters`,
    );
  }
  return { commitId, fingerprint: fingerprintOf(prepared), nowMs, writes: prepared };
}

function prepareWrite(collections: Collections, write: Write): PreparedWrite {
  const { tenant, collection, id } = write.key;
  collections.get(collection);
  const revision = write.kind === "insert" ? 0 : write.revision;
  const head = { kind: write.kind, tenant, collection, id, revision };
  if (write.kind === "check" || write.kind === "delete") return head;
  return { ...head, content: collections.toStored(collection, write.body) };
}

/** The lengths stand before the texts, so that nothing can be moved from one into the next. */
function fingerprintOf(writes: PreparedWrite[]): string {
  const texts = writes.flatMap(({ kind, tenant, collection, id, revision, content }) => [
    kind,
    tenant,
    collection,
    id,
    `${revision}`,
    content?.body ?? "",
  ]);
  return hash("sha256", `${texts.map(({ length }) => length)}\n${texts.join("")}`, "base64url");
}

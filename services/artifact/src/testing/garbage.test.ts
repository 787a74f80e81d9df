import type { DocumentStore, Write } from "@slipway/documents";
import { RpcError } from "@slipway/rpc";
import { expect } from "chai";
import { type Clients, type Harness, tenantUidOf } from "./harness.test.ts";
import { download } from "./pushing.test.ts";

export const HOUR_MS = 60 * 60 * 1000;
export const DAY_MS = 24 * HOUR_MS;
const SERVICE = "service/acme";
const ROOT = "acme/users/root/admin";

/** Everything that the service keeps for tenant acme where it is about artifacts and their bytes. */
const COLLECTIONS = [
  "artifacts",
  "artifact-pages",
  "recipes",
  "recipe-pages",
  "chunks",
  "inspections",
  "uploads",
  "uploaded-files",
  "references",
  "collection-tasks",
];

export async function storedBytes({ objects }: Harness): Promise<number> {
  let sum = 0;
  for await (const { sizeBytes } of objects.list(`${tenantUidOf("acme")}/`)) sum += sizeBytes;
  return sum;
}

/** A confirmed reference, as a version has one. */
export async function hold({ as }: Harness, artifact: string, holderUid: string): Promise<void> {
  await as(SERVICE).references.acquireReference({ artifact, holderUid });
  await as(SERVICE).references.confirmReference({ artifact, holderUid });
}

export async function release({ as }: Harness, artifact: string, holderUid: string): Promise<void> {
  await as(SERVICE).references.releaseReference({ artifact, holderUid });
}

/** One call of CollectGarbage; undefined where another one is at work. */
export async function collect({ as }: Harness) {
  try {
    const { removed, remaining } = await as(ROOT).artifacts.collectGarbage({});
    const numbers = (garbage: typeof removed) => ({
      artifacts: Number(garbage?.artifacts),
      chunks: Number(garbage?.chunks),
      bytes: Number(garbage?.bytes),
    });
    return { removed: numbers(removed), remaining: numbers(remaining) };
  } catch (error) {
    if (error instanceof RpcError && error.reason === "COLLECTION_BUSY") return undefined;
    throw error;
  }
}

/** As long as it takes until all that nothing needs is gone, with nobody uploading. */
export async function collectEverything(harness: Harness): Promise<void> {
  for (let pass = 0; pass < 4; pass += 1) {
    await collect(harness);
    harness.clock.advance(HOUR_MS);
  }
}

export async function expectReadable(
  clients: Clients,
  artifact: string,
  files: Readonly<Record<string, Uint8Array>>,
): Promise<void> {
  for (const [path, bytes] of Object.entries(files)) {
    const read = await download(clients, artifact, path);
    expect(read.equals(bytes), `${path} of ${artifact}`).to.equal(true);
  }
}

export async function expectNothingLeft(harness: Harness): Promise<void> {
  expect(await storedBytes(harness), "bytes").to.equal(0);
  for (const collection of COLLECTIONS) {
    const left = await harness.documents.count({ tenant: tenantUidOf("acme"), collection }, 10_000);
    expect(left, collection).to.equal(0);
  }
}

/** Lets something happen right before the first commit that has such a write, or right after it. */
export function aroundCommit(
  documents: DocumentStore,
  moment: { isIt: (write: Write) => boolean; before?: () => Promise<void>; after?: () => Promise<void> },
): DocumentStore {
  let isOver = false;
  return {
    get: (key) => documents.get(key),
    getMany: (keys) => documents.getMany(keys),
    query: (query) => documents.query(query),
    count: (query, cap) => documents.count(query, cap),
    close: () => documents.close(),
    commit: async (writes, commitId) => {
      if (isOver || !writes.some((write) => moment.isIt(write))) return documents.commit(writes, commitId);
      isOver = true;
      await moment.before?.();
      const outcome = await documents.commit(writes, commitId);
      await moment.after?.();
      return outcome;
    },
  };
}

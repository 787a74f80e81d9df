import { createHash } from "node:crypto";
import { type DescMethod, fromBinary, type Message, toBinary, toJson } from "@bufbuild/protobuf";
import type { AcrossTenants, CollectionDefinition, DocumentKey, DocumentStore, Json, Write } from "@slipway/documents";
import { type CallContext, callerOf, fail } from "@slipway/rpc";
import type { Clock, Ids } from "@slipway/runtime";

/** How long a request id is remembered (AIP-155). */
const REMEMBERED_MS = 24 * 60 * 60 * 1000;

/** Replies by tenant, principal, method and request id. Every service that uses `idempotent` registers it. */
export const requestsCollection: CollectionDefinition = {
  name: "requests",
  formatVersion: 1,
  upgrade: (body) => body,
  project: () => ({}),
  projectAcrossTenants: (body) => ({ numbers: { expires: body.expireMs as number } }),
};

/** Turns the reply into the writes that record it; they belong into the commit that does the work. */
export type RecordReply<Response extends Message> = (response: Response) => Write[];

/**
 * Does the work of a call once (AIP-155). Without a request id it just works. With one, the first reply is stored in
 * the same commit as the work and given again for 24 hours to the same principal, method and body; another body is
 * refused with REQUEST_ID_REUSED. Two calls at once: one works, the other gets its reply.
 */
export async function idempotent<Response extends Message>(
  { documents, clock }: { documents: DocumentStore; clock: Clock },
  context: CallContext,
  request: Message & { requestId: string },
  work: (record: RecordReply<Response>) => Promise<Response>,
): Promise<Response> {
  if (request.requestId === "") return work(() => []);
  const { method } = context;
  const key = keyOf(context, request.requestId);
  const requestHash = hashOf(method, request);

  const earlier = await documents.get(key);
  const now = clock.nowMs();
  const isLive = earlier !== undefined && (earlier.body.expireMs as number) > now;
  if (isLive) return replyOf<Response>(method, earlier.body, requestHash, request.requestId);

  const record: RecordReply<Response> = (response) => {
    const reply = Buffer.from(toBinary(method.output, response)).toString("base64");
    const body = { requestHash, reply, expireMs: now + REMEMBERED_MS };
    return [
      earlier === undefined
        ? { kind: "insert", key, body }
        : { kind: "replace", key, revision: earlier.revision, body },
    ];
  };
  try {
    return await work(record);
  } catch (error) {
    // The same call may have been answered meanwhile, and that is then why this one could not do its work.
    const meanwhile = await documents.get(key);
    if (meanwhile === undefined || meanwhile.revision === earlier?.revision) throw error;
    return replyOf<Response>(method, meanwhile.body, requestHash, request.requestId);
  }
}

/** Removes up to 1,000 lapsed replies of all tenants; returns how many. For a service's across-tenants.ts. */
export async function removeLapsedRequests(
  documents: DocumentStore,
  acrossTenants: AcrossTenants,
  clock: Clock,
  ids: Ids,
): Promise<number> {
  const filter = { number: "expires", max: clock.nowMs() };
  const page = await acrossTenants.query({ collection: requestsCollection.name, filter, limit: 1000 });
  if (page.documents.length === 0) return 0;
  const deletes = page.documents.map(({ key, revision }): Write => ({ kind: "delete", key, revision }));
  const outcome = await documents.commit(deletes, ids.uid());
  return outcome.committed ? deletes.length : 0;
}

function keyOf(context: CallContext, requestId: string): DocumentKey {
  const caller = callerOf(context);
  const { parent, name } = context.method;
  const id = createHash("sha256").update(JSON.stringify([caller.principal, parent.typeName, name, requestId]));
  return { tenant: caller.tenantUid, collection: requestsCollection.name, id: id.digest("hex") };
}

function replyOf<Response extends Message>(
  method: DescMethod,
  body: Record<string, Json>,
  requestHash: string,
  requestId: string,
): Response {
  if (body.requestHash !== requestHash) throw fail("REQUEST_ID_REUSED", { request_id: requestId });
  return fromBinary(method.output, Buffer.from(body.reply as string, "base64")) as Message as Response;
}

/** Over JSON with sorted keys, since clients may send the entries of a map in any order. */
function hashOf(method: DescMethod, request: Message): string {
  const text = JSON.stringify(toJson(method.input, request), (_key, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash("sha256").update(text).digest("hex");
}

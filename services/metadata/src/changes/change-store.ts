import type { Message } from "@bufbuild/protobuf";
import type { DocumentStore, JsonObject, Write } from "@slipway/documents";
import { eventWrite } from "@slipway/events";
import { CommitConflict, commitOrThrow, idempotent, type RecordReply, retryOnConflict } from "@slipway/resources";
import { type CallContext, type Caller, callerOf, fail } from "@slipway/rpc";
import type { Clock, Ids } from "@slipway/runtime";
import type { KeyedQueue } from "./keyed-queue.ts";

/** What a change writes, and what the caller is told once it is stored. */
export interface Plan<Response> {
  writes: Write[];
  response: Response;
}

/** Who causes an event. */
export type Actor = Pick<Caller, "tenantUid" | "tenant" | "principal">;

/** What an event is about. */
export interface Subject {
  /** Resource name without tenant. */
  name: string;
  uid: string;
  /** Revision that the document has after the commit. */
  revision: number;
  /** The resource after the change as ProtoJSON. */
  payload: JsonObject;
}

export interface ChangeStoreOptions {
  documents: DocumentStore;
  queue: KeyedQueue;
  clock: Clock;
  ids: Ids;
}

/** How every call of this service changes something: once per request id, in turn per model, with its events. */
export class ChangeStore {
  readonly #options: ChangeStoreOptions;

  constructor(options: ChangeStoreOptions) {
    this.#options = options;
  }

  /** Milliseconds since 1970. */
  nowMs(): number {
    return this.#options.clock.nowMs();
  }

  uid(): string {
    return this.#options.ids.uid();
  }

  /** Does the work once per request id (AIP-155). */
  once<Response extends Message>(
    context: CallContext,
    request: Message & { requestId: string },
    work: (record: RecordReply<Response>) => Promise<Response>,
  ): Promise<Response> {
    return idempotent(this.#options, context, request, work);
  }

  /**
   * Plans and commits a change of what `key` names, in turn within this process; a plan that lost a race against another
   * process is made anew. The plan is told whether others may have changed something since the call began to wait for its
   * turn. `name` is the resource's name for the message should it lose 64 times.
   */
  inTurn<Response extends Message>(
    { key, name, signal }: { key: string; name: string; signal: AbortSignal },
    plan: (mayHaveChanged: boolean) => Promise<Plan<Response>>,
    record: RecordReply<Response> = () => [],
  ): Promise<Response> {
    return this.#options.queue.run(key, (waited) => {
      let mayHaveChanged = waited;
      return retryOnConflict(name, async () => {
        signal.throwIfAborted();
        const planned = plan(mayHaveChanged);
        mayHaveChanged = true;
        const { writes, response } = await planned;
        try {
          await this.commit([...writes, ...record(response)]);
        } catch (error) {
          // The same call was answered meanwhile: `once` gives that reply, so trying again would be in vain.
          const isAnswered = error instanceof CommitConflict && error.failedWrite >= writes.length;
          throw isAnswered ? fail("CONCURRENT_CHANGE", { name }) : error;
        }
        return response;
      });
    });
  }

  /** The usual changing call: `once` and `inTurn`. `key` names what is changed within the caller's tenant. */
  change<Response extends Message>(
    context: CallContext,
    request: Message & { requestId: string },
    { key, name }: { key: string; name: string },
    plan: (mayHaveChanged: boolean) => Promise<Plan<Response>>,
  ): Promise<Response> {
    const turn = { key: `${callerOf(context).tenantUid}/${key}`, name, signal: context.signal };
    return this.once<Response>(context, request, (record) => this.inTurn(turn, plan, record));
  }

  /** Commits all or nothing; no writes are no commit. Throws CommitConflict. */
  async commit(writes: Write[]): Promise<void> {
    if (writes.length === 0) return;
    await commitOrThrow(this.#options.documents, this.#options.ids, writes);
  }

  /** The write that records `slipway.{kind}.{verb}`. */
  event({ tenantUid, tenant, principal }: Actor, type: string, { name, uid, revision, payload }: Subject): Write {
    return eventWrite(
      {
        tenantUid,
        tenant,
        type,
        subject: name,
        subjectUid: uid,
        aggregateRevision: revision,
        actor: principal,
        payload,
      },
      this.#options,
    );
  }
}

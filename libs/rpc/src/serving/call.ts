import type { DescMethod } from "@bufbuild/protobuf";
import type { Logger } from "@slipway/runtime";
import type { CallContext } from "../call-context.ts";
import type { Caller } from "../caller.ts";
import type { RpcError } from "../rpc-error.ts";

export interface CallStart {
  method: DescMethod;
  headers: ReadonlyMap<string, string>;
  deadlineMs: number | undefined;
  requestId: string;
  log: Logger;
  draining: AbortSignal;
}

/** The context of one call. Its signal and its logger are made when first asked for: most unary calls need neither. */
export class Call implements CallContext {
  readonly method: DescMethod;
  readonly headers: ReadonlyMap<string, string>;
  readonly deadlineMs: number | undefined;
  readonly requestId: string;
  readonly draining: AbortSignal;
  caller?: Caller;
  readonly #log: Logger;
  #childLog: Logger | undefined;
  #controller: AbortController | undefined;
  #ended = false;
  #cancelled: RpcError | undefined;

  constructor(start: CallStart) {
    this.method = start.method;
    this.headers = start.headers;
    this.deadlineMs = start.deadlineMs;
    this.requestId = start.requestId;
    this.draining = start.draining;
    this.#log = start.log;
  }

  get log(): Logger {
    this.#childLog ??= this.#log.child({ method: methodName(this.method), requestId: this.requestId });
    return this.#childLog;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#cancelled !== undefined) this.#controller.abort(this.#cancelled);
    }
    return this.#controller.signal;
  }

  /** Why the call was cancelled; undefined while it was not. */
  get cancelled(): RpcError | undefined {
    return this.#cancelled;
  }

  /** Aborts the signal, unless the call is over. */
  cancel(reason: RpcError): void {
    if (this.#ended || this.#cancelled !== undefined) return;
    this.#cancelled = reason;
    this.#controller?.abort(reason);
  }

  /** Whether the handler is over, so that nothing can be cancelled any more. */
  get isOver(): boolean {
    return this.#ended;
  }

  /** The handler is over: what happens to the connection from now on is not its concern. */
  end(): void {
    this.#ended = true;
  }
}

/** `slipway.metadata.v1.ModelService/GetModel` */
export function methodName(method: DescMethod): string {
  return `${method.parent.typeName}/${method.name}`;
}

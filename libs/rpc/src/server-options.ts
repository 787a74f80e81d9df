import type { Clock, Ids, Logger } from "@slipway/runtime";
import type { Binding } from "./handlers.ts";
import type { Interceptor } from "./interceptor.ts";

/** What answers calls, whatever the transport. */
export interface ServingOptions {
  bindings: readonly Binding[];
  /** The first is the outermost. Requests are validated after them, right before the handler. */
  interceptors: readonly Interceptor[];
  log: Logger;
  /** The largest message that is received, in bytes without framing. Default 4 MiB. */
  maxReceiveBytes?: number;
  /** Makes request ids for calls that bring none. */
  ids?: Ids;
  clock?: Clock;
}

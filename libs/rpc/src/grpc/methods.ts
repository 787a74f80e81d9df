import { setImmediate as nextTurn } from "node:timers/promises";
import type {
  handleBidiStreamingCall,
  handleUnaryCall,
  Metadata,
  MethodDefinition,
  ServerDuplexStream,
  UntypedHandleCall,
} from "@grpc/grpc-js";
import { REQUEST_ID_HEADER } from "../call-context.ts";
import type { RpcError } from "../rpc-error.ts";
import type { Call } from "../serving/call.ts";
import type { Calls } from "../serving/calls.ts";
import type { Endpoint } from "../serving/endpoint.ts";
import { pathOf } from "../serving/endpoints.ts";
import { headersOf, metadataOf } from "./metadata.ts";
import { toStatusObject } from "./status.ts";
import { Writer } from "./writer.ts";

const identity = (bytes: Buffer): Buffer => bytes;

/** What grpc-js must know of a method. It moves bytes only; every kind but unary is served as a stream both ways. */
export function definitionOf(endpoint: Endpoint): MethodDefinition<Buffer, Buffer> {
  const streaming = endpoint.method.methodKind !== "unary";
  return {
    path: pathOf(endpoint.method),
    requestStream: streaming,
    responseStream: streaming,
    requestSerialize: identity,
    requestDeserialize: identity,
    responseSerialize: identity,
    responseDeserialize: identity,
  };
}

/** The handler of a method as grpc-js calls it. */
export function implementationOf(endpoint: Endpoint, calls: Calls): UntypedHandleCall {
  return endpoint.method.methodKind === "unary" ? unary(endpoint, calls) : stream(endpoint, calls);
}

function unary(endpoint: Endpoint, calls: Calls): handleUnaryCall<Buffer, Buffer> {
  return (incoming, callback) => {
    const call = begin(endpoint, calls, incoming);
    endpoint
      .unary(call, incoming.request)
      .then(
        (response) => {
          incoming.sendMetadata(responseHeaders(call));
          callback(null, response);
        },
        (error: RpcError) => callback(toStatusObject(error, call.requestId)),
      )
      .finally(() => calls.finish(call));
  };
}

function stream(endpoint: Endpoint, calls: Calls): handleBidiStreamingCall<Buffer, Buffer> {
  return (incoming) => {
    const call = begin(endpoint, calls, incoming);
    const writer = new Writer(incoming);
    call.signal.addEventListener("abort", () => writer.stop(call.signal.reason), { once: true });
    let begun = false;
    const send = (response: Buffer) => {
      if (!begun) incoming.sendMetadata(responseHeaders(call));
      begun = true;
      return writer.write(response);
    };
    endpoint
      .stream(call, requestsOf(incoming, call), send)
      .then(
        () => incoming.end(),
        (error: RpcError) => incoming.emit("error", toStatusObject(error, call.requestId)),
      )
      .finally(() => calls.finish(call));
  };
}

interface Incoming {
  metadata: Metadata;
  getDeadline(): Date | number;
  on(event: "cancelled", listener: () => void): unknown;
}

function begin(endpoint: Endpoint, calls: Calls, incoming: Incoming): Call {
  const deadlineMs = Number(incoming.getDeadline());
  const finite = Number.isFinite(deadlineMs) ? deadlineMs : undefined;
  const call = calls.begin(endpoint.method, headersOf(incoming.metadata), finite);
  incoming.on("cancelled", () => calls.abandon(call));
  return call;
}

function responseHeaders(call: Call): Metadata {
  return metadataOf(new Map([[REQUEST_ID_HEADER, call.requestId]]));
}

/**
 * The requests of a call. Leaving the iteration early does not destroy the stream: the response has still to go out on
 * it. The end is believed only after a turn of the event loop without a cancellation: Node's HTTP/2 client ends a stream
 * before it resets it, and a cut-off upload must not pass for a whole one.
 */
async function* requestsOf(incoming: ServerDuplexStream<Buffer, Buffer>, call: Call): AsyncGenerator<Buffer> {
  yield* incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  await nextTurn();
  if (call.cancelled !== undefined) throw call.cancelled;
}

import type { DescMessage } from "@bufbuild/protobuf";
import { REQUEST_ID_HEADER } from "./call-context.ts";
import type { CallOptions } from "./call-options.ts";
import { codecOf } from "./codec/codec.ts";
import { encodeEach } from "./codec/encode-each.ts";
import { fail } from "./fail.ts";
import { Attempt } from "./in-process/attempt.ts";
import { Channel } from "./in-process/channel.ts";
import { orAborted } from "./in-process/or-aborted.ts";
import { untilAborted } from "./in-process/until-aborted.ts";
import { DEFAULT_MAX_RECEIVE_BYTES } from "./limits.ts";
import { RpcError } from "./rpc-error.ts";
import type { ServingOptions } from "./server-options.ts";
import type { Call } from "./serving/call.ts";
import { Calls } from "./serving/calls.ts";
import type { Endpoint } from "./serving/endpoint.ts";
import { createEndpoints, pathOf } from "./serving/endpoints.ts";
import type { Transport, TypedMethod } from "./transport.ts";
import { decodeResponse } from "./wire/decode-response.ts";
import { decodeStatus, encodeStatus } from "./wire/status.ts";

/**
 * Calls handlers of this process as if over the wire: the same interceptors, validation, limits and errors, and every
 * message is encoded and decoded, so that neither side holds an object of the other.
 */
export function createInProcessTransport(options: ServingOptions): Transport {
  const endpoints = createEndpoints(options);
  const calls = new Calls(options);

  const begin = (method: TypedMethod<DescMessage, DescMessage>, callOptions: CallOptions): [Endpoint, Attempt] => {
    const endpoint = endpoints.get(pathOf(method));
    if (endpoint === undefined) throw fail("METHOD_UNKNOWN", { method: method.name });
    return [endpoint, new Attempt(endpoint, calls, callOptions)];
  };

  return {
    unary: async (method, request, callOptions) => {
      const bytes = codecOf(method.input).encode(request);
      const [endpoint, attempt] = begin(method, callOptions);
      const { call } = attempt;
      const answer = endpoint.unary(call, bytes).finally(() => calls.finish(call));
      try {
        const response = await (attempt.cancellable ? orAborted(answer, call.signal) : answer);
        callOptions.onHeaders?.(responseHeaders(call));
        return decodeResponse(method, accepted(response));
      } catch (error) {
        throw acrossTheWire(error, call);
      } finally {
        attempt.end();
      }
    },

    stream: async function* (method, requests, callOptions) {
      const [endpoint, attempt] = begin(method, callOptions);
      const { call } = attempt;
      const responses = new Channel<Buffer>();
      let failure: { error: unknown } | undefined;
      call.signal.addEventListener("abort", () => responses.fail(call.signal.reason), { once: true });
      const own = noting(encodeEach(method.input, requests), (error) => {
        failure = { error };
        call.cancel(fail("CALL_CANCELLED"));
      });
      endpoint
        .stream(call, untilAborted(own, call.signal), (response) => responses.send(response))
        .then(
          () => responses.finish(),
          (error: unknown) => responses.fail(error),
        )
        .finally(() => calls.finish(call));
      try {
        let begun = false;
        for await (const bytes of responses) {
          if (!begun) callOptions.onHeaders?.(responseHeaders(call));
          begun = true;
          yield decodeResponse(method, accepted(bytes));
        }
      } catch (error) {
        throw failure === undefined ? acrossTheWire(error, call) : failure.error;
      } finally {
        attempt.end();
      }
    },

    close: () => {
      calls.drain();
      calls.cancelAll(fail("SERVER_DRAINING"));
    },
  };
}

function responseHeaders(call: Call): ReadonlyMap<string, string> {
  return new Map([[REQUEST_ID_HEADER, call.requestId]]);
}

/** Clients over the wire take no more in one message either. */
function accepted(response: Buffer): Buffer {
  if (response.byteLength > DEFAULT_MAX_RECEIVE_BYTES) {
    throw fail("MESSAGE_TOO_LARGE", { size_bytes: response.byteLength, limit_bytes: DEFAULT_MAX_RECEIVE_BYTES });
  }
  return response;
}

/** What a client over the wire would catch: the same details, but neither cause nor stack of the server. */
function acrossTheWire(error: unknown, call: Call): unknown {
  return error instanceof RpcError ? decodeStatus(encodeStatus(error, call.requestId)) : error;
}

/** Tells of an error of the iterable before its reader meets it. */
async function* noting<T>(values: AsyncIterable<T>, note: (error: unknown) => void): AsyncGenerator<T> {
  try {
    yield* values;
  } catch (error) {
    note(error);
    throw error;
  }
}

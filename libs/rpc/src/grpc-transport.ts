import { type ChannelCredentials, Client, type ServiceError } from "@grpc/grpc-js";
import { systemClock } from "@slipway/runtime";
import type { CallOptions } from "./call-options.ts";
import { codecOf } from "./codec/codec.ts";
import { encodeEach } from "./codec/encode-each.ts";
import { fail } from "./fail.ts";
import { channelCredentials } from "./grpc/credentials.ts";
import { type Keepalive, keepaliveOptions } from "./grpc/keepalive.ts";
import { headersOf, metadataOf } from "./grpc/metadata.ts";
import { RequestPump } from "./grpc/request-pump.ts";
import { fromServiceError } from "./grpc/status.ts";
import { MAX_RESENT_BYTES } from "./grpc/writer.ts";
import { DEFAULT_MAX_RECEIVE_BYTES, STREAM_WINDOW_BYTES } from "./limits.ts";
import { RpcError } from "./rpc-error.ts";
import { pathOf } from "./serving/endpoints.ts";
import type { TlsOptions } from "./tls.ts";
import type { Transport } from "./transport.ts";
import { deadlineOf } from "./wire/deadline.ts";
import { decodeResponse } from "./wire/decode-response.ts";
import { mergeHeaders } from "./wire/headers.ts";

export interface GrpcTransportOptions {
  /** `http://host:port`, or `https://host:port` for TLS. */
  url: string;
  tls?: TlsOptions;
  /** Headers of every call. */
  headers?: Readonly<Record<string, string>>;
  /** The largest response message that is received, in bytes. Default 4 MiB. */
  maxReceiveBytes?: number;
  /** When the server counts as dead while there are calls; by default after 20 to 30 seconds without an answer. */
  keepalive?: Keepalive;
}

const identity = (bytes: Buffer): Buffer => bytes;

/** Calls over HTTP/2. Connects with the first call and again after a loss; calls are never repeated by the transport. */
export function createGrpcTransport(options: GrpcTransportOptions): Transport {
  const { url, headers = {} } = options;
  const client = new Client(...target(options), {
    "grpc.max_receive_message_length": options.maxReceiveBytes ?? DEFAULT_MAX_RECEIVE_BYTES,
    "grpc.max_send_message_length": -1,
    "grpc-node.flow_control_window": STREAM_WINDOW_BYTES,
    "grpc.enable_channelz": 0,
    // Repeating calls is for those who know which are idempotent; a small buffer also makes writers wait early.
    "grpc.enable_retries": 0,
    "grpc.per_rpc_retry_buffer_size": MAX_RESENT_BYTES,
    // A server that restarts is found again within two seconds; the default waits up to two minutes.
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 2_000,
    ...keepaliveOptions(options.keepalive),
  });
  const prepare = (callOptions: CallOptions) => {
    if (callOptions.signal?.aborted) throw fail("CALL_CANCELLED", {}, { cause: callOptions.signal.reason });
    const deadline = deadlineOf(callOptions, systemClock.nowMs());
    return [
      metadataOf(mergeHeaders(headers, callOptions.headers ?? {})),
      deadline === undefined ? {} : { deadline },
    ] as const;
  };

  return {
    unary: async (method, request, callOptions) => {
      const [metadata, grpcOptions] = prepare(callOptions);
      const bytes = codecOf(method.input).encode(request);
      const response = await new Promise<Buffer>((resolve, reject) => {
        const call = client.makeUnaryRequest(
          pathOf(method),
          identity,
          identity,
          bytes,
          metadata,
          grpcOptions,
          (error, value) => {
            callOptions.signal?.removeEventListener("abort", cancel);
            if (error !== null) reject(fromServiceError(error, { method: method.name, url }));
            else if (value === undefined) reject(fail("RESPONSE_MISSING", { method: method.name }));
            else resolve(value);
          },
        );
        const cancel = () => call.cancel();
        callOptions.signal?.addEventListener("abort", cancel, { once: true });
        if (callOptions.onHeaders) call.once("metadata", (received) => callOptions.onHeaders?.(headersOf(received)));
      });
      return decodeResponse(method, response);
    },

    stream: async function* (method, requests, callOptions) {
      const [metadata, grpcOptions] = prepare(callOptions);
      const call = client.makeBidiStreamRequest(pathOf(method), identity, identity, metadata, grpcOptions);
      // Errors reach the reader below; one that comes when nobody reads any more must not end the process.
      call.on("error", () => undefined);
      const cancel = () => call.cancel();
      callOptions.signal?.addEventListener("abort", cancel, { once: true });
      if (callOptions.onHeaders) call.once("metadata", (received) => callOptions.onHeaders?.(headersOf(received)));
      const pump = new RequestPump(encodeEach(method.input, requests), call, cancel);
      try {
        for await (const bytes of call as AsyncIterable<Buffer>) yield decodeResponse(method, bytes);
      } catch (error) {
        if (pump.failure !== undefined) throw pump.failure.error;
        throw error instanceof RpcError ? error : fromServiceError(error as ServiceError, { method: method.name, url });
      } finally {
        callOptions.signal?.removeEventListener("abort", cancel);
        pump.stop();
        call.cancel();
      }
    },

    close: () => client.close(),
  };
}

function target({ url, tls }: GrpcTransportOptions): [address: string, credentials: ChannelCredentials] {
  const parsed = URL.parse(url);
  const secure = parsed?.protocol === "https:";
  if (parsed === null || !(secure || parsed.protocol === "http:") || parsed.pathname !== "/") {
    throw fail("ADDRESS_INVALID", { url });
  }
  return [`${parsed.hostname}:${parsed.port || (secure ? 443 : 80)}`, channelCredentials(secure, tls)];
}

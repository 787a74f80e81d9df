import {
  type DescMessage,
  type DescMethod,
  fromJson,
  type JsonObject,
  type JsonValue,
  type Message,
  toJson,
} from "@bufbuild/protobuf";
import { EventService } from "@slipway/gen/slipway/workflow/v1/event_service_pb.js";
import { RpcError, type Transport } from "@slipway/rpc";
import type { Answer } from "../operation.ts";
import type { Aliases } from "./aliases.ts";
import { comparable } from "./comparable.ts";
import { withoutOrder } from "./unordered-events.ts";

/** What a caught error tells a client, comparable between worlds. Rethrows what is no error of a call. */
export function errorAnswer(aliases: Aliases, error: unknown): Answer {
  if (!(error instanceof RpcError)) throw error;
  const { code, reason, message, metadata, fields, preconditions } = error;
  const told = { code, reason, message, metadata, fields, preconditions };
  return { error: comparable(aliases, JSON.parse(JSON.stringify(told))) as JsonObject };
}

/** Calls a unary method with ProtoJSON. */
export async function unaryAnswer(
  aliases: Aliases,
  transport: Transport,
  method: DescMethod,
  request: JsonObject,
): Promise<Answer> {
  try {
    const response = await transport.unary(method, fromJson(method.input, request), {});
    return { response: comparable(aliases, ordered(method, toJson(method.output as DescMessage, response))) };
  } catch (error) {
    return errorAnswer(aliases, error);
  }
}

/** The response with its events in an order that two worlds share, where their own is by chance. */
export function ordered(method: DescMethod, response: JsonValue): JsonValue {
  if (method.parent.typeName !== EventService.typeName) return response;
  const { events, ...rest } = response as { events?: JsonObject[] };
  return events === undefined ? rest : { ...rest, events: withoutOrder(events) };
}

/** Calls a method with a stream of responses and gives up to `take` of them. */
export async function* streamed(
  transport: Transport,
  method: DescMethod,
  request: JsonObject,
  take: number,
): AsyncGenerator<Message> {
  const message = fromJson(method.input, request);
  const only = (async function* () {
    yield message;
  })();
  let taken = 0;
  for await (const response of transport.stream(method, only, {})) {
    yield response;
    taken += 1;
    if (taken >= take) return;
  }
}

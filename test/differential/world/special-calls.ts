import { createHash } from "node:crypto";
import {
  create,
  type DescMethod,
  fromJson,
  type JsonObject,
  type JsonValue,
  type MessageShape,
  toJson,
} from "@bufbuild/protobuf";
import type { DownloadFileResponse } from "@slipway/gen/slipway/artifact/v1/artifact_service_pb.js";
import {
  UploadFileHeaderSchema,
  type UploadFileRequest,
  UploadFileRequestSchema,
  UploadFileResponseSchema,
  UploadService,
} from "@slipway/gen/slipway/artifact/v1/upload_service_pb.js";
import { createClient, RpcError, type Transport } from "@slipway/rpc";
import { until } from "@slipway/runtime/testing";
import { contentNamed } from "../contents.ts";
import type { Answer, Piece, Sending } from "../operation.ts";
import type { Aliases } from "./aliases.ts";
import { errorAnswer, ordered, streamed, unaryAnswer } from "./answers.ts";
import { comparable } from "./comparable.ts";
import { methodNamed } from "./services.ts";

const MAX_MESSAGE_BYTES = 1024 * 1024;

/** What all calls need. */
export interface Calling {
  aliases: Aliases;
  transport: Transport;
}

/** The bytes as their digest: where a stream is cut into messages is nobody's promise, only their bound. */
export async function download(
  { aliases, transport }: Calling,
  method: DescMethod,
  request: JsonObject,
): Promise<Answer> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  try {
    for await (const response of streamed(transport, method, request, Number.POSITIVE_INFINITY)) {
      const { data } = response as DownloadFileResponse;
      if (data.length > MAX_MESSAGE_BYTES) throw new Error(`a message of ${data.length} bytes`);
      hash.update(data);
      sizeBytes += data.length;
    }
    return { response: { sizeBytes, sha256: hash.digest("hex") } };
  } catch (error) {
    return errorAnswer(aliases, error);
  }
}

/** The run as it is: of one that has ended, the stream ends too. */
export async function watchRun(
  { aliases, transport }: Calling,
  method: DescMethod,
  request: JsonObject,
): Promise<Answer> {
  try {
    for await (const response of streamed(transport, method, request, 1)) {
      return { response: comparable(aliases, toJson(method.output, response)) };
    }
    return { response: null };
  } catch (error) {
    return errorAnswer(aliases, error);
  }
}

/** As many events as ListEvents gives; where it gives none, there is nothing to wait for. */
export async function watchEvents(
  { aliases, transport }: Calling,
  method: DescMethod,
  request: JsonObject,
): Promise<Answer> {
  const { take = 1000, ...watched } = request;
  const list = methodNamed(`${method.parent.typeName.replace("slipway.", "")}/ListEvents`);
  const onlyNew = watched.after === "-1";
  const asked = { ...watched, pageSize: take, ...(onlyNew && { after: "0" }) };
  const listed = await unaryAnswer(aliases, transport, list, asked);
  const { events = [] } = ("response" in listed ? listed.response : {}) as { events?: JsonValue[] };
  if ("response" in listed && (onlyNew || events.length === 0)) return { response: null };
  const seen: JsonObject[] = [];
  try {
    for await (const response of streamed(transport, method, watched, events.length || 1)) {
      seen.push((toJson(method.output, response) as { event: JsonObject }).event);
    }
    return { response: comparable(aliases, ordered(method, { events: seen })) };
  } catch (error) {
    return errorAnswer(aliases, error);
  }
}

/** Sends a file as a careless client does; see Sending. */
export async function uploadFile({ aliases, transport }: Calling, sending: Sending): Promise<Answer> {
  const uploads = createClient(UploadService, transport);
  const send = (header: JsonObject | undefined, pieces: Piece[], thenLeave: boolean) =>
    uploads.uploadFile(messages(header, pieces, thenLeave));
  const { header, pieces, resumes } = sending;
  try {
    if (!resumes || header === undefined) {
      const response = await send(header, pieces, false);
      return { response: comparable(aliases, toJson(UploadFileResponseSchema, response)) };
    }
    await send(header, pieces, true).catch((error: unknown) => {
      if (!(error instanceof LeftOnPurpose || error instanceof RpcError)) throw error;
    });
    const first = pieces[0];
    if (first === undefined) return { response: null };
    const { bytes } = contentNamed(first.content);
    const from = await resumesAt(uploads, String(header.upload), String(header.path));
    const rest = { content: first.content, from, to: bytes.length };
    const { file } = await send({ ...header, offsetBytes: String(from) }, [rest], false);
    // What was new depends on how far the first call came.
    return {
      response: comparable(aliases, toJson(UploadFileResponseSchema, create(UploadFileResponseSchema, { file }))),
    };
  } catch (error) {
    return errorAnswer(aliases, error);
  }
}

/** The client went away. */
class LeftOnPurpose extends Error {
  override readonly name = "LeftOnPurpose";
}

async function* messages(
  header: JsonObject | undefined,
  pieces: Piece[],
  thenLeave: boolean,
): AsyncGenerator<UploadFileRequest> {
  const request = (content: MessageShape<typeof UploadFileRequestSchema>["content"]) =>
    create(UploadFileRequestSchema, { content });
  if (header !== undefined) yield request({ case: "header", value: fromJson(UploadFileHeaderSchema, header) });
  for (const { content, from, to } of pieces) {
    yield request({ case: "data", value: contentNamed(content).bytes.subarray(from, to) });
  }
  if (thenLeave) throw new LeftOnPurpose("the client goes away");
}

/** Where the server lets the file go on; it may still be at work on the call that was left. */
function resumesAt(
  uploads: ReturnType<typeof createClient<typeof UploadService>>,
  name: string,
  path: string,
): Promise<number> {
  return until("the file can go on", async () => {
    const { files } = await uploads.getUpload({ name, pageSize: 1000 });
    const file = files.find((one) => one.path === path);
    return file === undefined || file.complete ? { at: 0 } : { at: Number(file.durableBytes) };
  }).then(({ at }) => at);
}

import { createHash } from "node:crypto";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Artifact } from "@slipway/gen/slipway/artifact/v1/artifact_pb.js";
import type {
  UploadFileHeaderSchema,
  UploadFileRequestSchema,
  UploadFileResponse,
} from "@slipway/gen/slipway/artifact/v1/upload_service_pb.js";
import { RpcError } from "@slipway/rpc";
import { expect } from "chai";
import type { Clients } from "./harness.test.ts";

type Header = MessageInitShape<typeof UploadFileHeaderSchema>;

const MESSAGE_BYTES = 1024 * 1024;

/** Bytes that compress and repeat nowhere, the same for the same seed. */
export function randomBytes(sizeBytes: number, seed: number): Buffer {
  const words = new Uint32Array(Math.ceil(sizeBytes / 4));
  let state = (seed * 2654435761 + 1) >>> 0;
  for (let index = 0; index < words.length; index += 1) {
    // xorshift32 (Marsaglia, 2003)
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[index] = state;
  }
  return Buffer.from(words.buffer, 0, sizeBytes);
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The requests of an UploadFile call: a header, then the bytes from its offset on. */
export async function* fileRequests(
  header: Header,
  bytes: Uint8Array,
  messageBytes = MESSAGE_BYTES,
): AsyncGenerator<MessageInitShape<typeof UploadFileRequestSchema>> {
  yield { content: { case: "header", value: header } };
  for (let from = Number(header.offsetBytes ?? 0); from < bytes.length; from += messageBytes) {
    yield { content: { case: "data", value: bytes.subarray(from, from + messageBytes) } };
  }
}

export async function startUpload({ uploads }: Clients): Promise<string> {
  const { upload } = await uploads.startUpload({});
  return upload?.name ?? "";
}

export async function uploadFile(
  { uploads }: Clients,
  upload: string,
  path: string,
  bytes: Uint8Array,
  header: Header = {},
): Promise<UploadFileResponse> {
  return uploads.uploadFile(fileRequests({ upload, path, ...header }, bytes));
}

/** Uploads and completes; `storedBytes` is the sum over the files. */
export async function push(
  clients: Clients,
  files: Readonly<Record<string, Uint8Array>>,
): Promise<{ artifact: Artifact; storedBytes: number }> {
  const upload = await startUpload(clients);
  let storedBytes = 0;
  for (const [path, bytes] of Object.entries(files)) {
    storedBytes += Number((await uploadFile(clients, upload, path, bytes)).storedBytes);
  }
  const { artifact } = await clients.uploads.completeUpload({ upload });
  if (artifact === undefined) throw new Error("no artifact");
  return { artifact, storedBytes };
}

export async function download(
  { artifacts }: Clients,
  artifact: string,
  path: string,
  range: { offsetBytes?: bigint; limitBytes?: bigint; allowDangerous?: boolean } = {},
): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const { data } of artifacts.downloadFile({ artifact, path, ...range })) {
    expect(data.byteLength).to.be.within(1, MESSAGE_BYTES);
    parts.push(data);
  }
  return Buffer.concat(parts);
}

/** The RpcError with which a call fails. */
export async function failureOf(call: Promise<unknown>): Promise<RpcError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof RpcError) return error;
    throw error;
  }
  throw new Error("the call succeeded");
}

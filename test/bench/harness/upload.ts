import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Connection } from "@slipway/client";
import type { UploadFileRequestSchema } from "@slipway/gen/slipway/artifact/v1/upload_service_pb.js";

export interface UploadResult {
  /** `artifacts/{digest}` */
  artifact: string;
  /** SHA-256 that the server computed of the file, in hexadecimal. */
  sha256: string;
  /** Bytes that were new to its store. */
  storedBytes: number;
}

/** Makes an artifact of one file by the simple way, which needs no digest: StartUpload, UploadFile, CompleteUpload. */
export async function uploadArtifact(
  { uploads }: Connection,
  path: string,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<UploadResult> {
  const { upload: { name: upload } = { name: "" } } = await uploads.startUpload({});
  const { file, storedBytes } = await uploads.uploadFile(requestsOf(upload, path, pieces));
  const { artifact } = await uploads.completeUpload({ upload });
  return { artifact: artifact?.name ?? "", sha256: file?.sha256 ?? "", storedBytes: Number(storedBytes) };
}

async function* requestsOf(
  upload: string,
  path: string,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<MessageInitShape<typeof UploadFileRequestSchema>> {
  yield { content: { case: "header", value: { upload, path } } };
  for await (const value of pieces) yield { content: { case: "data", value } };
}

import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Connection } from "@slipway/client";
import type { UploadFileHeaderSchema } from "@slipway/gen/slipway/artifact/v1/upload_service_pb.js";

type Header = MessageInitShape<typeof UploadFileHeaderSchema>;

export async function startUpload({ uploads }: Connection): Promise<string> {
  return (await uploads.startUpload({})).upload?.name ?? "";
}

/** Sends one file into an upload. */
export async function sendFile({ uploads }: Connection, header: Header, ...pieces: Uint8Array[]): Promise<void> {
  await uploads.uploadFile(
    (async function* () {
      yield { content: { case: "header" as const, value: header } };
      for (const value of pieces) yield { content: { case: "data" as const, value } };
    })(),
  );
}

import type { UploadFileHeader, UploadFileRequest } from "@slipway/gen/slipway/artifact/v1/upload_service_pb.js";
import { fail } from "@slipway/rpc";

/** The header and the bytes of an UploadFile call. Fails with UPLOAD_HEADER_MISSING where they come in another order. */
export async function openUploadFile(
  requests: AsyncIterable<UploadFileRequest>,
): Promise<{ header: UploadFileHeader; data: AsyncIterable<Uint8Array> }> {
  const iterator = requests[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done) throw fail("UPLOAD_HEADER_MISSING", { problem: "the stream is empty" });
  const { content } = first.value;
  if (content.case !== "header") throw fail("UPLOAD_HEADER_MISSING", { problem: "bytes came first" });
  return { header: content.value, data: dataOf(iterator) };
}

async function* dataOf(iterator: AsyncIterator<UploadFileRequest>): AsyncIterable<Uint8Array> {
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    const { content } = next.value;
    if (content.case !== "data") throw fail("UPLOAD_HEADER_MISSING", { problem: "a later message carries no bytes" });
    yield content.value;
  }
}

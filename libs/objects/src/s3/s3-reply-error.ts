import type { IncomingMessage } from "node:http";

/** Replies of S3 with an error are some hundred bytes of XML. */
const MAX_ERROR_BYTES = 64 * 1024;

/** A reply that reports an error. */
export class S3ReplyError extends Error {
  override readonly name = "S3ReplyError";
  readonly status: number;
  /** `NoSuchKey` and so on (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html); or empty. */
  readonly code: string;
  /** The store's own words. */
  readonly text: string;

  constructor(status: number, code: string, text: string) {
    super([status, code, text].filter(Boolean).join(" "));
    this.status = status;
    this.code = code;
    this.text = text;
  }
}

/** Reads the error that a reply reports, and lets go of the reply. */
export async function replyError(reply: IncomingMessage): Promise<S3ReplyError> {
  const status = reply.statusCode ?? 0;
  const xml = await readText(reply, MAX_ERROR_BYTES);
  // A reply to HEAD has no body; MinIO has the code in a header.
  const code = textOf(xml, "Code") ?? String(reply.headers["x-minio-error-code"] ?? "");
  return new S3ReplyError(status, code, textOf(xml, "Message") ?? "");
}

/** The body as text; of one longer than `maxBytes`, the beginning. */
export async function readText(reply: IncomingMessage, maxBytes: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const piece of reply as AsyncIterable<Uint8Array>) {
    pieces.push(piece);
    sizeBytes += piece.byteLength;
    if (sizeBytes > maxBytes) break;
  }
  return Buffer.concat(pieces).toString();
}

/** The text of the first element of this name, without resolving entities: codes, keys and sizes have none. */
export function textOf(xml: string, element: string): string | undefined {
  return new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1];
}

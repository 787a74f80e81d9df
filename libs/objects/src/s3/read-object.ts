import type { IncomingMessage } from "node:http";
import { resolveRange } from "../object-key.ts";
import { type ByteRange, MAX_OBJECT_BYTES, MAX_PIECE_BYTES } from "../object-store.ts";
import { ObjectStoreError } from "../object-store-error.ts";
import { ASK_FOR_CHECKSUM, CHECKSUM, Checksum } from "./checksum.ts";
import { metadataOf } from "./put-object.ts";
import { asConnectionError, S3ConnectionError, type S3Http } from "./s3-http.ts";
import { S3ReplyError } from "./s3-reply-error.ts";

/** What is read: `name` is the key as the port has it, for messages. */
export interface ObjectAddress {
  name: string;
  bucket: string;
  key: string;
}

/** The range of the object in pieces of `pieceBytes` and a last one. Errors are those of S3Http, and the port's. */
export async function* readPieces(
  http: S3Http,
  address: ObjectAddress,
  range: ByteRange | undefined,
  pieceBytes = MAX_PIECE_BYTES,
): AsyncGenerator<Uint8Array, void> {
  if (range !== undefined && !isReadable(range)) {
    resolveRange(address.name, range, await sizeOf(http, address));
    return; // an empty range
  }
  const { reply, length } = await open(http, address, range);
  try {
    yield* regroup(reply, length, Math.min(pieceBytes, length));
  } catch (error) {
    asConnectionError(error);
  } finally {
    reply.destroy();
  }
}

/** As `readPieces`, in one piece. */
export async function readWhole(http: S3Http, address: ObjectAddress, range?: ByteRange): Promise<Uint8Array> {
  const pieces = await Array.fromAsync(readPieces(http, address, range, Number.POSITIVE_INFINITY));
  return pieces[0] ?? new Uint8Array(0);
}

/** Asks for a range that is not empty. */
export function rangeHeader({ offset, length }: ByteRange): Record<string, string> {
  return { range: `bytes=${offset}-${offset + length - 1}` };
}

/** Whether a range can be asked for; S3 knows no empty ones. */
function isReadable({ offset, length }: ByteRange): boolean {
  return Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length > 0;
}

async function sizeOf(http: S3Http, { name, bucket, key }: ObjectAddress): Promise<number> {
  const found = await metadataOf(http, bucket, key);
  if (found === undefined) throw notFound(name);
  return Number(found["content-length"]);
}

async function open(
  http: S3Http,
  address: ObjectAddress,
  range: ByteRange | undefined,
): Promise<{ reply: IncomingMessage; length: number }> {
  const { name, bucket, key } = address;
  const headers = range ? rangeHeader(range) : ASK_FOR_CHECKSUM;
  try {
    const call = { method: "GET", bucket, key, headers } as const;
    const reply = await http.send(call, { expected: [range === undefined ? 200 : 206] });
    try {
      return { reply, length: expectedLength(name, reply, range) };
    } catch (error) {
      reply.destroy();
      throw error;
    }
  } catch (error) {
    if (!(error instanceof S3ReplyError)) throw error;
    if (error.code === "NoSuchKey" || error.code === "NoSuchBucket") throw notFound(name);
    if (error.status === 416) resolveRange(name, range, await sizeOf(http, address));
    throw error;
  }
}

/** How many bytes the reply has, if they are the ones that were asked for. */
function expectedLength(name: string, { headers }: IncomingMessage, range: ByteRange | undefined): number {
  const length = Number(headers["content-length"] ?? Number.NaN);
  if (range === undefined) {
    if (length <= MAX_OBJECT_BYTES) return length;
    throw new S3ConnectionError("the store does not say how long the object is, or gives another", { wasSent: true });
  }
  // RFC 9110, 14.4: `bytes first-last/size`; a range beyond the end is cut to it.
  const [, first, last, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers["content-range"] ?? "") ?? [];
  if (size !== undefined) resolveRange(name, range, Number(size));
  const isAsked = Number(first) === range.offset && Number(last) === range.offset + range.length - 1;
  if (isAsked && length === range.length) return length;
  throw new S3ConnectionError("the store answers with another range than was asked for", { wasSent: true });
}

/** Copies the bytes into pieces of equal length; throws when there are fewer or more of them than expected. */
async function* regroup(reply: IncomingMessage, length: number, pieceBytes: number): AsyncGenerator<Uint8Array, void> {
  const silenceMs = reply.socket.timeout ?? 0;
  let done = 0;
  let filled = 0;
  let piece = Buffer.allocUnsafeSlow(Math.min(pieceBytes, length));
  const announced = reply.headers[CHECKSUM];
  const checksum = new Checksum();
  for await (const received of reply as AsyncIterable<Buffer>) {
    if (done + filled + received.byteLength > length) throw new Error("the store sent more bytes than it announced");
    if (announced !== undefined) checksum.add(received);
    for (let used = 0; used < received.byteLength; ) {
      const copied = received.copy(piece, filled, used);
      used += copied;
      filled += copied;
      if (filled < piece.byteLength) continue;
      // The time that the consumer takes is not the store's silence. After a whole reply the socket serves others.
      if (!reply.complete) reply.socket.setTimeout(0);
      yield piece;
      if (!reply.complete) reply.socket.setTimeout(silenceMs);
      done += filled;
      filled = 0;
      piece = Buffer.allocUnsafeSlow(Math.min(pieceBytes, length - done));
    }
  }
  if (done !== length) throw new Error(`the object ended after ${done + filled} of ${length} bytes`);
  if (announced !== undefined && announced !== checksum.text)
    throw new Error("the store sent other bytes than were put");
}

function notFound(name: string): ObjectStoreError {
  return new ObjectStoreError("NOT_FOUND", `There is no object ${name}.`);
}

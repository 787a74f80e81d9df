import { type ClientRequest, type IncomingMessage, type RequestOptions, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { LookupFunction } from "node:net";
import { isPublicAddress } from "./public-address.ts";
import { AddressRefused, publicLookup } from "./public-lookup-client.ts";

/** What came back. */
export interface HttpReply {
  status: number;
  contentType: string;
  body: Buffer;
}

/** The reply goes on beyond the limit. */
export class ReplyTooLarge extends Error {
  override readonly name = "ReplyTooLarge";
}

export interface HttpPost {
  url: string;
  headers: Record<string, string>;
  body: Buffer;
  /** Refuses everything that is not on the public Internet, at the time of connecting. */
  publicOnly: boolean;
  /** For tests: the names that resolve to public addresses. Default: the system's resolver. */
  lookup?: LookupFunction;
  maxReplyBytes: number;
  signal: AbortSignal;
}

/**
 * POSTs once over a connection of its own, without following redirects. Rejects with AddressRefused, ReplyTooLarge, an
 * AbortError, or what broke the connection.
 */
export function postOnce(post: HttpPost): Promise<HttpReply> {
  const { headers, body, publicOnly, signal, lookup = publicLookup() } = post;
  const url = new URL(post.url);
  // A socket looks names up, but takes addresses as they are. URL has brought 0x7f.1 and 2130706433 to 127.0.0.1.
  const literal = url.hostname.replace(/^\[|\]$/g, "");
  const isLiteral = url.hostname.startsWith("[") || /^[\d.]+$/.test(literal);
  if (publicOnly && isLiteral && !isPublicAddress(literal)) {
    return Promise.reject(new AddressRefused(url.hostname, literal));
  }
  const options: RequestOptions = {
    method: "POST",
    headers: { ...headers, "content-length": body.length },
    agent: false,
    signal,
    ...(publicOnly ? { lookup } : {}),
  };
  return new Promise((resolve, reject) => {
    const request: ClientRequest = (url.protocol === "https:" ? requestHttps : requestHttp)(
      url,
      options,
      (response) => {
        readBounded(response, post.maxReplyBytes).then(resolve, (error: unknown) => {
          request.destroy();
          reject(error);
        });
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}

async function readBounded(response: IncomingMessage, maxBytes: number): Promise<HttpReply> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    sizeBytes += part.length;
    if (sizeBytes > maxBytes) throw new ReplyTooLarge(`The reply is larger than ${maxBytes} bytes.`);
    parts.push(part);
  }
  const { statusCode = 0, headers } = response;
  return { status: statusCode, contentType: headers["content-type"] ?? "", body: Buffer.concat(parts) };
}

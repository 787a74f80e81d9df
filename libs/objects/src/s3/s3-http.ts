import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { replyError, S3ReplyError } from "./s3-reply-error.ts";
import type { S3Call, S3Signer } from "./signer.ts";

export interface S3Timeouts {
  /** Until there is a connection. */
  connectMs: number;
  /** Without a byte in either direction while something is expected. */
  silenceMs: number;
}

/** Far more than a store that works ever takes; a disk that is asked to sync 128 MiB may take seconds. */
const DEFAULT_TIMEOUTS: S3Timeouts = { connectMs: 2_000, silenceMs: 15_000 };

/** More than the puts and reads of a busy artifact service; what comes on top waits for a connection. */
const MAX_CONNECTIONS = 128;

/** A connection failed before there was a whole reply. */
export class S3ConnectionError extends Error {
  override readonly name = "S3ConnectionError";
  /** True when the call may have been carried out, false when there never was a connection. */
  readonly wasSent: boolean;

  constructor(message: string, options: { wasSent: boolean; cause?: unknown }) {
    super(message, options);
    this.wasSent = options.wasSent;
  }
}

export interface SendOptions {
  body?: Uint8Array;
  /** Statuses that are an answer; any other rejects with S3ReplyError. */
  expected: readonly number[];
  timeouts?: Partial<S3Timeouts>;
}

/** Sends signed calls over kept connections. */
export class S3Http {
  readonly #signer: S3Signer;
  readonly #agent: http.Agent;
  readonly #request: typeof http.request;
  readonly #timeouts: S3Timeouts;
  #replies = 0;

  constructor(signer: S3Signer, endpoint: string, timeouts: Partial<S3Timeouts> = {}) {
    const isTls = new URL(endpoint).protocol === "https:";
    this.#signer = signer;
    this.#agent = new (isTls ? https : http).Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS });
    this.#request = isTls ? https.request : http.request;
    this.#timeouts = { ...DEFAULT_TIMEOUTS, ...timeouts };
  }

  /** How many replies there have been, whatever they said. */
  get replies(): number {
    return this.#replies;
  }

  /**
   * Resolves with the reply as soon as its headers are there; the caller reads its body or destroys it. A call whose kept
   * connection breaks before there is a reply is sent once more, so every call must be one that may be repeated.
   * Rejects with S3ReplyError or S3ConnectionError.
   */
  async send(call: S3Call, options: SendOptions): Promise<IncomingMessage> {
    const reply = await this.#attempt(call, options, this.#agent).catch((error: unknown) => {
      if (error instanceof StaleConnectionError) return this.#attempt(call, options, false);
      throw error;
    });
    this.#replies += 1;
    if (options.expected.includes(reply.statusCode ?? 0)) return reply;
    throw await replyError(reply).catch(asConnectionError);
  }

  /** As `send`, for a reply whose body does not matter. */
  async call(call: S3Call, options: SendOptions): Promise<IncomingMessage> {
    const reply = await this.send(call, options);
    reply.on("error", () => undefined).resume(); // the answer is there; reading on frees the connection for others
    return reply;
  }

  /** Ends all connections. */
  close(): void {
    this.#agent.destroy();
  }

  /** Without an agent the connection is a new one. */
  #attempt(call: S3Call, { body, timeouts }: SendOptions, agent: http.Agent | false): Promise<IncomingMessage> {
    const { connectMs, silenceMs } = { ...this.#timeouts, ...timeouts };
    return new Promise((resolve, reject) => {
      const request = this.#request({ ...this.#signer.signed(call), agent }, resolve);
      request.on("error", (error) => {
        if (request.reusedSocket && isReset(error)) reject(new StaleConnectionError());
        else reject(connectionError(error, request.socket?.connecting === false));
      });
      request.on("socket", (socket) => {
        if (!socket.connecting) return;
        const late = () => request.destroy(new Error(`no connection within ${connectMs} ms`));
        const timer = setTimeout(late, connectMs);
        for (const event of ["connect", "close"]) socket.once(event, () => clearTimeout(timer));
      });
      request.setTimeout(silenceMs, () => request.destroy(new Error(`no answer within ${silenceMs} ms`)));
      request.end(body);
    });
  }
}

/** Makes any failure of reading a reply one of the connection. */
export function asConnectionError(error: unknown): never {
  throw error instanceof S3ReplyError ? error : connectionError(error, true);
}

/** A kept connection broke, most likely because the other side had closed it long before the call. */
class StaleConnectionError extends Error {}

function connectionError(cause: unknown, wasSent: boolean): S3ConnectionError {
  return cause instanceof S3ConnectionError ? cause : new S3ConnectionError(describe(cause), { wasSent, cause });
}

/** A refused connection to a name with several addresses is an AggregateError without a message. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? String(error.code) : "";
  const [firstLine] = error.message.split("\n");
  return firstLine || code || error.name;
}

function isReset(error: Error): boolean {
  return "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");
}
